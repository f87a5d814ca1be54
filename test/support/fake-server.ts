import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A real small HTTP server that answers as the test says. */
export interface FakeServer {
  /** Set by a test before it calls. */
  answer: (request: IncomingMessage, response: ServerResponse, url: URL) => void;
  /** Its address, once the tests run. */
  url(): string;
}

/** Starts a server on a free loopback port for the tests of a file, and ends it after them. */
export function startFakeServer(): FakeServer {
  const server = createServer((request, response) => {
    fake.answer(request, response, new URL(request.url ?? '', fake.url()));
  });
  const fake: FakeServer = {
    answer: (_request, response) => json(response, { message: 'the test set no answer' }, 501),
    url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve())));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return fake;
}

/** Answers JSON. */
export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
