import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { RefusedError } from '../../errors';
import type { FilePosition, OpenedFile } from '../registry';
import { type Answer, answerTo, type Silence } from './answer';
import { FileChangedError, failure, whereOf } from './failure';
import type { Sent } from './secrets';

/** One file to fetch. */
export interface Download extends Sent {
  readonly position?: FilePosition | undefined;
  readonly limits: Silence;
}

const ERROR_TEXT_BYTES = 64 * 1024;

/**
 * The bytes of a file over HTTP, from a position on, as they are stored: no content coding is asked for or undone.
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
    skip: (status, headers) => bytesToSkip(url, position.offset, status, headers),
  });
  try {
    if (answer.status !== 200 && answer.status !== 206) {
      return await withoutBytes(wanted, position, answer);
    }
    const { etag } = answer.headers;
    refuseOther(url, position.etag, etag);
    return { bytes: answer.body, etag };
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
      return { bytes: Readable.from([]), etag: headers.etag };
    }
    throw new FileChangedError(
      `${whereOf(url)} has ${size ?? 'fewer'} bytes, and those from ${offset} on were asked for: it changed while it was read`,
    );
  }
  const text = await errorText(body, limits.idleMs);
  throw failure({ url, status, text, headers: sent, withCredentials });
}

/** Two files under one name must not be joined. */
function refuseOther(url: URL, before: string | undefined, now: string | undefined): void {
  if (before !== undefined && now !== undefined && before !== now) {
    throw new FileChangedError(`${whereOf(url)} changed while it was read (${before}, now ${now})`);
  }
}

/** The headers that came with the address may not change which bytes are asked for, and in what form. */
function requestHeaders(
  given: Readonly<Record<string, string>>,
  { offset, etag }: FilePosition,
): Record<string, string> {
  const named = Object.entries(given).map(([name, value]) => [name.toLowerCase(), value] as const);
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
