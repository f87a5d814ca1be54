import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** Headers of one connection only (RFC 9110, 7.6.1); a proxy passes none of them on. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The caller's credentials are the front's; MLflow refuses foreign origins; the rest is this connection's affair. */
const KEPT_FROM_UPSTREAM = new Set(['authorization', 'origin', 'host', 'expect']);

/** The end-to-end headers of a message as name and value, in turns, as `writeHead` takes them. */
export function endToEnd({ rawHeaders, headers }: Pick<IncomingMessage, 'rawHeaders' | 'headers'>): string[] {
  const named = new Set((headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
  return pairs(rawHeaders)
    .filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()) && !named.has(name.toLowerCase()))
    .flat();
}

/** The headers with which a client's request goes on to MLflow. */
export function forwardedHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  const forwarded: Record<string, string[]> = {};
  for (const [name, value] of pairs(endToEnd(request))) {
    const key = name.toLowerCase();
    if (!KEPT_FROM_UPSTREAM.has(key)) forwarded[key] = [...(forwarded[key] ?? []), value];
  }
  // A body whose length is not known stays chunked, with methods too that have none by default.
  if (request.headers['transfer-encoding'] !== undefined) forwarded['transfer-encoding'] = ['chunked'];
  return Object.fromEntries(Object.entries(forwarded).map(([name, values]) => [name, single(values)]));
}

/** Whether a request announces a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? '0') > 0;
}

function single(values: string[]): string | string[] {
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : values;
}

function pairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index] ?? '', flat[2 * index + 1] ?? '']);
}
