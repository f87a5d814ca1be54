import { type ClientRequest, type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { RefusedError, TransientError } from '../errors';
import { FileBytes } from './file-bytes';
import { FileChangedError, failure, unreachable, whereOf } from './http-failure';
import type { FilePosition, OpenedFile } from './registry';

/** How long a server may be silent, in milliseconds. */
export interface DownloadLimits {
  /** Until the connection stands. */
  readonly connectMs: number;
  /** From then until the answer begins. */
  readonly answerMs: number;
  /** Between two pieces of the file. */
  readonly idleMs: number;
}

/** One file to fetch. */
export interface Download {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the headers hold our credentials, which decides what a refusal means. */
  readonly withCredentials: boolean;
  readonly position?: FilePosition | undefined;
  readonly limits: DownloadLimits;
}

/** Connections are kept between the files of a model. A redirect is an answer like any other here: nothing follows it. */
const PLAIN = new PlainAgent({ keepAlive: true });
const TLS = new TlsAgent({ keepAlive: true });
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
  const answer = await ask(wanted, rangeHeaders(position));
  try {
    const etag = answer.headers.etag;
    const skip = await bytesToSkip(wanted, position.offset, answer);
    refuseOther(url, position.etag, etag);
    if (skip === 'nothing left') {
      answer.destroy();
      return { bytes: Readable.from([]), etag };
    }
    return { bytes: new FileBytes({ source: answer, skip, idleMs: limits.idleMs, where: whereOf(url) }), etag };
  } catch (error) {
    answer.destroy();
    throw error;
  }
}

/** How many of the answer's first bytes the caller has already. */
async function bytesToSkip(
  wanted: Download,
  offset: number,
  answer: IncomingMessage,
): Promise<number | 'nothing left'> {
  const { url, withCredentials, limits } = wanted;
  const { statusCode: status = 0 } = answer;
  const range = answer.headers['content-range'] ?? '';
  if (status === 200) {
    return offset;
  }
  if (status === 206) {
    const [, first] = /^bytes (\d+)-\d+\/(?:\d+|\*)$/.exec(range) ?? [];
    if (offset === 0 || Number(first) !== offset) {
      throw new RefusedError(
        `${whereOf(url)} answered the range ${JSON.stringify(range)} where the bytes from ${offset} on were asked for`,
      );
    }
    return 0;
  }
  if (status === 416 && offset > 0) {
    const [, size] = /^bytes \*\/(\d+)$/.exec(range) ?? [];
    if (size !== undefined && Number(size) === offset) {
      return 'nothing left';
    }
    throw new FileChangedError(
      `${whereOf(url)} has ${size ?? 'fewer'} bytes, and those from ${offset} on were asked for: it changed while it was read`,
    );
  }
  const text = await errorText(answer, limits.idleMs);
  throw failure({ url, status, text, withCredentials });
}

/** Two files under one name must not be joined. */
function refuseOther(url: URL, before: string | undefined, now: string | undefined): void {
  if (before !== undefined && now !== undefined && before !== now) {
    throw new FileChangedError(`${whereOf(url)} changed while it was read (${before}, now ${now})`);
  }
}

/** Only a strong entity tag may be sent in `If-Range` (RFC 9110, section 13.1.5). */
function rangeHeaders({ offset, etag }: FilePosition): Record<string, string> {
  if (offset === 0) {
    return {};
  }
  const range = { range: `bytes=${offset}-` };
  return etag?.startsWith('"') ? { ...range, 'if-range': etag } : range;
}

/** The beginning of an answer. A kept connection that the server closed meanwhile is replaced once. */
async function ask(wanted: Download, range: Record<string, string>): Promise<IncomingMessage> {
  const named = Object.entries(wanted.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const headers = { ...Object.fromEntries(named), 'accept-encoding': 'identity', ...range };
  const first = await send(wanted, headers);
  const answer = first === 'stale' ? await send(wanted, headers) : first;
  if (answer === 'stale') {
    throw new TransientError(`${wanted.url.origin} cannot be reached (it closes connections before it answers)`);
  }
  return answer;
}

function send({ url, limits }: Download, headers: Record<string, string>): Promise<IncomingMessage | 'stale'> {
  return new Promise((resolve, reject) => {
    const request = requestOf(url, headers);
    let timer = setTimeout(() => giveUp('connect', limits.connectMs), limits.connectMs);
    const giveUp = (what: string, ms: number) => request.destroy(new Error(`it did not ${what} within ${ms / 1000} s`));
    const connected = () => {
      clearTimeout(timer);
      timer = setTimeout(() => giveUp('answer', limits.answerMs), limits.answerMs);
    };
    request.on('socket', (socket) => {
      if (socket.connecting) {
        socket.once('connect', connected);
      } else {
        connected();
      }
    });
    request.on('response', (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (request.reusedSocket && error.code === 'ECONNRESET') {
        resolve('stale');
      } else {
        reject(unreachable(url, error));
      }
    });
    request.end();
  });
}

/** Headers that come with a signed address are the registry's words: one that HTTP cannot carry is refused by Node, with an error of its own. */
function requestOf(url: URL, headers: Record<string, string>): ClientRequest {
  try {
    return url.protocol === 'https:'
      ? tlsRequest(url, { agent: TLS, headers })
      : plainRequest(url, { agent: PLAIN, headers });
  } catch (error) {
    throw new RefusedError(`${whereOf(url)} cannot be asked with the headers that the registry gave for it`, {
      cause: error,
    });
  }
}

/** The beginning of a refusal's body. */
async function errorText(answer: IncomingMessage, idleMs: number): Promise<string> {
  const timer = setTimeout(() => answer.destroy(), idleMs);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
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
