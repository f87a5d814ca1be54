import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from './errors';

/** Bodies of the calls that are read whole are small JSON documents. */
const BODY_LIMIT = 4 * 1024 * 1024;

/**
 * A request's or answer's whole body.
 *
 * @throws ApiError 413 beyond `limit` bytes
 */
export async function readBody(message: IncomingMessage, limit = BODY_LIMIT): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new ApiError(413, 'MALFORMED_REQUEST', `The body is larger than ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * A body as a JSON object; none counts as an empty one.
 *
 * @throws ApiError 400 when it is anything else
 */
export function parseObject(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new ApiError(400, 'MALFORMED_REQUEST', 'Could not parse request object: the body is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError(400, 'MALFORMED_REQUEST', 'Could not parse request object: expected a JSON object.');
  }
  return value as Record<string, unknown>;
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** Answers with an error in Databricks's shape. */
export function sendError(response: ServerResponse, error: ApiError): void {
  if (error.status === 401) response.setHeader('www-authenticate', 'Bearer');
  for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
  sendJson(response, error.status, { error_code: error.errorCode, message: error.message });
}
