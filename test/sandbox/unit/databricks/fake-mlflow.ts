import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const CAPTURED = join(__dirname, '..', '..', '..', 'captured', 'mlflow-rest');

/** An answer of a real MLflow server: the file ends in a line `__HTTP <status> ...`. */
export function captured(name: string): { status: number; body: string } {
  const [body = '', trailer = ''] = readFileSync(join(CAPTURED, `${name}.txt`), 'utf8').split('\n__HTTP ');
  return { status: Number(trailer.slice(0, 3)), body };
}

/** A request as the fake got it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface FakeServer {
  readonly url: string;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** A server on a loopback port that answers what `routes` say, by method and path; anything else is a 599. */
export async function fakeServer(routes: Readonly<Record<string, Answer>>): Promise<FakeServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://fake');
    const answer = routes[`${request.method} ${pathname}`];
    if (answer === undefined) {
      response.writeHead(599).end(`The test did not set up ${request.method} ${pathname}`);
      return;
    }
    void answer(request, response);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with JSON, after the request's body has come. */
export function json(value: unknown, status = 200): Answer {
  return async (request, response) => {
    await new Promise((resolve) => request.once('end', resolve));
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  };
}

/** Answers as a real server was seen to. */
export function replay(name: string): Answer {
  const { status, body } = captured(name);
  return json(body, status);
}
