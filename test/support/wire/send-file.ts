import type { IncomingMessage, ServerResponse } from 'node:http';

/** How a server sends a file, and how that goes wrong. */
export interface Sending {
  readonly bytes: Buffer;
  /** Whether `Range` is honoured. */
  readonly ranges: boolean;
  /** `said` by Content-Length, `chunked`, or known by the connection's end alone. */
  readonly length: 'said' | 'chunked' | 'closed';
  readonly etag?: string | undefined;
  readonly coding?: string | undefined;
  /** Where in the file the bytes end, and whether by a broken connection or as if that were all. */
  readonly stop?: { readonly at: number; readonly how: 'cut' | 'end' } | undefined;
}

/** Answers with a file, as RFC 9110 says but for what the test wants otherwise. */
export function sendFile(request: IncomingMessage, response: ServerResponse, sending: Sending): void {
  const { bytes, ranges, etag, coding, stop } = sending;
  const { range, 'if-range': ifRange, 'if-match': ifMatch } = request.headers;
  if (ifMatch !== undefined && ifMatch !== etag) {
    response.writeHead(412).end('<Error><Code>PreconditionFailed</Code></Error>');
    return;
  }
  const [, first] = /^bytes=(\d+)-$/.exec(range ?? '') ?? [];
  const ranged = ranges && first !== undefined && (ifRange === undefined || ifRange === etag);
  const offset = ranged ? Number(first) : 0;
  if (ranged && offset >= bytes.length) {
    const error = `<Error><Code>InvalidRange</Code><ActualObjectSize>${bytes.length}</ActualObjectSize></Error>`;
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end(error);
    return;
  }
  const headers = {
    ...(etag === undefined ? {} : { etag }),
    ...(coding === undefined ? {} : { 'content-encoding': coding }),
    ...(ranged ? { 'content-range': `bytes ${offset}-${bytes.length - 1}/${bytes.length}` } : {}),
  };
  const answer = {
    status: ranged ? 206 : 200,
    headers,
    length: bytes.length - offset,
    sent: bytes.subarray(offset, stop && Math.max(offset, stop.at)),
  };
  if (sending.length === 'closed') {
    sendUntilClosed(request, answer, stop?.how);
  } else {
    sendBody(response, answer, sending.length, stop?.how);
  }
}

interface Body {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly length: number;
  readonly sent: Buffer;
}

function sendBody(response: ServerResponse, body: Body, length: 'said' | 'chunked', how?: 'cut' | 'end'): void {
  const { status, headers, sent } = body;
  response.writeHead(status, length === 'said' ? { ...headers, 'content-length': body.length } : headers);
  if (how === undefined || (how === 'end' && length === 'chunked')) {
    response.end(sent);
    return;
  }
  response.flushHeaders();
  response.write(sent, () => setImmediate(() => (how === 'cut' ? response.destroy() : response.socket?.end())));
}

function sendUntilClosed({ socket }: IncomingMessage, { status, headers, sent }: Body, how?: 'cut' | 'end'): void {
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} Any\r\n${lines.join('')}\r\n`);
  socket.write(sent, () => setImmediate(() => (how === 'cut' ? socket.resetAndDestroy() : socket.end())));
}
