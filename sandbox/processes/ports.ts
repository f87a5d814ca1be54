import { createServer } from 'node:net';

/**
 * Ports of 127.0.0.1 that nobody listens on now, all different.
 *
 * Another process may take one before it is used: whoever starts a server there must be ready to choose again.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(servers.map((server) => listen(server, 0)));
  } finally {
    await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  }
}

/** Whether someone listens on this port of 127.0.0.1. */
export async function portInUse(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listen(server, port);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      return true;
    }
    throw error;
  } finally {
    await new Promise((closed) => server.close(closed));
  }
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') {
        reject(new Error(`a TCP server has the address ${address}`));
      } else {
        resolve(address.port);
      }
    });
  });
}
