import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Headers } from './caller';
import { ServiceError } from './errors';

/** A little over the largest body that any action takes, so that it is the action that refuses what is too large. */
const MAX_BODY = 7 * 1024 * 1024;

/**
 * Reads a request's body whole.
 *
 * @throws ServiceError 413 for more than any action could want; the rest of the body is read and dropped
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
  }
  if (size > MAX_BODY) throw new ServiceError('RequestEntityTooLargeException', 'Request Entity Too Large', 413);
  return Buffer.concat(chunks);
}

/** Answers a request, with the request id that every AWS answer has. */
export function answer(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer | string,
): void {
  response.writeHead(status, {
    'x-amzn-requestid': randomUUID(),
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

/** A request's headers, one value each. */
export function headersOf(request: IncomingMessage): Headers {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
