import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { RefusedError } from '../../errors';
import { quoted } from '../../printable';
import type { FilePosition, OpenedFile } from '../registry';
import { type Answer, answerTo, type Silence } from './answer';
import { FileChangedError, failure, whereOf } from './failure';
import type { Sent } from './secrets';

/** One file to fetch. */
export interface Download extends Sent {
  /** Whether the address must lead away from this machine. @default false */
  readonly outside?: boolean | undefined;
  readonly position?: FilePosition | undefined;
  readonly limits: Silence;
}

const ERROR_TEXT_BYTES = 64 * 1024;

/** What would make other bytes of a file. `aws-chunked`, which some stores keep by mistake, does not. */
const COMPRESSED = /\b(?:x-)?(?:gzip|deflate|br|zstd|compress)\b/i;

/**
 * Headers that do not belong to an address: which server is meant, how the connection is used, and which of the file's bytes are
 * wanted, is said here alone.
 */
const NOT_GIVEN =
  /^(?:host|connection|content-length|expect|if-.*|keep-alive|proxy-.*|range|te|trailer|transfer-encoding|upgrade)$/;

/**
 * The bytes of a file over HTTP, from a position on, as they are stored: no content coding is asked for, taken or undone.
 *
 * Where the server honours `Range` (RFC 9110, section 14) only the missing bytes come; where it does not, the file comes from its
 * beginning and what the caller has already is dropped.
 *
 * @throws FileChangedError when the file is another one than the position's entity tag says; RefusedError when the server answers
 * other bytes than were asked for; {@link failure} for other refusals; TransientError when the server cannot be reached or does not answer in time
 */
export async function download(wanted: Download): Promise<OpenedFile> {
  const { url, position = { offset: 0 }, limits } = wanted;
  const answer = await answerTo({
    url,
    headers: requestHeaders(wanted.headers, position),
    limits,
    outside: wanted.outside,
    skip: (status, headers) => bytesToSkip(url, position.offset, status, headers),
  });
  try {
    if (answer.status !== 200 && answer.status !== 206) {
      return await withoutBytes(wanted, position, answer);
    }
    const { etag, 'content-encoding': coding = '' } = answer.headers;
    refuseOther(url, position.etag, etag);
    if (COMPRESSED.test(coding)) {
      throw new RefusedError(`${whereOf(url)} sends the file in the coding ${quoted(coding)}, which nobody asked for`);
    }
    return { bytes: answer.body, size: sizeOf(answer), etag };
  } catch (error) {
    answer.body.destroy();
    throw error;
  }
}

/** How many of the answer's first bytes the caller has already. */
function bytesToSkip(url: URL, offset: number, status: number, headers: IncomingHttpHeaders): number {
  if (status !== 206) {
    return status === 200 ? offset : 0;
  }
  const range = headers['content-range'] ?? '';
  const [, first] = /^bytes (\d+)-\d+\/(?:\d+|\*)$/.exec(range) ?? [];
  if (offset === 0 || Number(first) !== offset) {
    throw new RefusedError(
      `${whereOf(url)} answered the range ${JSON.stringify(range)} where the bytes from ${offset} on were asked for`,
    );
  }
  return 0;
}

/** Bytes of the whole file, where the answer tells. */
function sizeOf({ status, headers }: Answer): number | undefined {
  const told = status === 206 ? /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] : headers['content-length'];
  return told === undefined ? undefined : Number(told);
}

/** An answer that has no bytes of the file: a refusal, unless none are left. */
async function withoutBytes(
  { url, headers: sent, withCredentials, limits }: Download,
  { offset, etag }: FilePosition,
  { status, headers, body }: Answer,
): Promise<OpenedFile> {
  if (status === 416 && offset > 0) {
    const [, size] = /^bytes \*\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
    if (size !== undefined && Number(size) === offset) {
      refuseOther(url, etag, headers.etag);
      body.destroy();
      return { bytes: Readable.from([]), size: offset, etag: headers.etag };
    }
    throw new FileChangedError(
      `${whereOf(url)} has ${size ?? 'fewer'} bytes, and those from ${offset} on were asked for: it changed while it was read`,
    );
  }
  const text = await errorText(body, limits.idleMs);
  throw failure({ url, status, retryAfter: headers['retry-after'], text, headers: sent, withCredentials });
}

/** Two files under one name must not be joined. */
function refuseOther(url: URL, before: string | undefined, now: string | undefined): void {
  if (before !== undefined && now !== undefined && before !== now) {
    throw new FileChangedError(`${whereOf(url)} changed while it was read (${before}, now ${now})`);
  }
}

/** The headers that came with the address may not change who is asked, for which bytes, and in what form. */
function requestHeaders(
  given: Readonly<Record<string, string>>,
  { offset, etag }: FilePosition,
): Record<string, string> {
  const named = Object.entries(given)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !NOT_GIVEN.test(name));
  const headers: Record<string, string> = { ...Object.fromEntries(named), 'accept-encoding': 'identity' };
  if (offset > 0) {
    headers.range = `bytes=${offset}-`;
    // Only a strong entity tag may be sent in `If-Range` (RFC 9110, section 13.1.5).
    if (etag?.startsWith('"')) {
      headers['if-range'] = etag;
    }
  }
  return headers;
}

/** The beginning of a refusal's body: as much of it as comes before long. */
async function errorText(body: Answer['body'], idleMs: number): Promise<string> {
  const timer = setTimeout(() => body.destroy(), idleMs);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > ERROR_TEXT_BYTES) {
        break;
      }
    }
  } catch {
    // What there is of it will do.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
