import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json as readJson } from 'node:stream/consumers';

/** What MiniStack asks of a stand-in. */
export interface Asked {
  readonly action: 'create' | 'update' | 'delete';
  readonly type: string;
  readonly logicalId: string;
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly oldProperties?: Readonly<Record<string, unknown>>;
  readonly physicalId?: string;
}

/** A stand-in that makes nothing, remembers what it was asked, and fails or waits on request. */
export interface FakeStandIn {
  readonly url: string;
  readonly asked: Asked[];
  /** The headers of what was asked. */
  readonly headers: IncomingHttpHeaders[];
  /** A message to refuse with, or a promise of none to wait for. */
  answer: (asked: Asked) => string | undefined | Promise<undefined>;
  /** `<action> <logical id>` of all that was asked so far; asking begins anew. */
  taken(): string[];
  close(): void;
}

export async function startFakeStandIn(): Promise<FakeStandIn> {
  let made = 0;
  const server = createServer(async (request, response) => {
    const asked = (await readJson(request)) as Asked;
    fake.asked.push(asked);
    fake.headers.push(request.headers);
    const refusal = await fake.answer(asked);
    made += 1;
    const attributes = { Name: `attribute-${made}`, Arn: `arn:${asked.logicalId}` };
    const body = refusal
      ? { message: refusal }
      : { physicalId: asked.physicalId ?? `${asked.logicalId}-${made}`, attributes };
    response.writeHead(refusal ? 400 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const fake: FakeStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    headers: [],
    answer: () => undefined,
    taken: () => fake.asked.splice(0).map(({ action, logicalId }) => `${action} ${logicalId}`),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return fake;
}
