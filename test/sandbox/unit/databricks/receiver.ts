import { setTimeout as sleep } from 'node:timers/promises';
import { type FakeServer, fakeServer } from './fake-mlflow';

/** A webhook's receiver, which answers `statuses` one after the other and 200 when they are used up. */
export interface Receiver extends FakeServer {
  readonly hook: string;
  /** Waits for `count` deliveries, and shortly whether more come; resolves with their bodies. */
  bodies(count: number): Promise<Record<string, unknown>[]>;
}

export async function startReceiver(...statuses: number[]): Promise<Receiver> {
  const server = await fakeServer({
    'POST /hook': async (request, response) => {
      await new Promise((resolve) => request.once('end', resolve));
      response.writeHead(statuses.shift() ?? 200).end('received');
    },
  });
  return {
    ...server,
    hook: `${server.url}/hook`,
    async bodies(count) {
      for (let tries = 0; server.seen.length < count && tries < 200; tries++) await sleep(20);
      await sleep(60);
      return server.seen.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    },
  };
}
