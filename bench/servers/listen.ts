import type { Server as HttpServer } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A server that runs. */
export interface Server {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1. */
export async function listen(server: HttpServer | TlsServer, scheme = 'http'): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
