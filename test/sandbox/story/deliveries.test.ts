import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { executionNames } from '../../../sandbox/demo/executions';
import { call, setAlias } from '../../../sandbox/demo/registry';
import { until } from '../../../sandbox/demo/until';
import { startFakeServer } from '../../support/fake-server';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

/** What came to the receiver's door, and what the receiver said where it was let in. */
interface Attempt {
  readonly id: string;
  readonly signature: string;
  readonly body: string;
  readonly answer?: { readonly status: number; readonly execution: string };
}

let stage: Stage;
let attempts: Attempt[];
const door = startFakeServer();

beforeAll(async () => {
  stage = stages(await useSandbox()).openSource;
  await stage.model();
}, UP_TIMEOUT_MS);

beforeEach(() => {
  attempts = [];
});

/** Stands before the receiver and answers with the given statuses first; 'lost' lets a delivery in and then loses its answer. */
function openDoor(...first: ('lost' | number)[]): string {
  door.answer = async (request, response) => {
    const how = first.shift();
    const body = await buffer(request);
    const answer = typeof how === 'number' ? undefined : await forward(request, body);
    attempts.push({
      id: String(request.headers['x-mlflow-delivery-id']),
      signature: String(request.headers['x-mlflow-signature']),
      body: body.toString('utf8'),
      ...(answer && { answer }),
    });
    response.writeHead(typeof how === 'number' ? how : how === 'lost' ? 503 : (answer?.status ?? 500)).end();
  };
  return `${door.url()}/webhook`;
}

async function forward({ headers }: IncomingMessage, body: Buffer): Promise<{ status: number; execution: string }> {
  const kept = Object.entries(headers).filter(([name]) => /^(x-mlflow-|content-type$)/.test(name));
  const response = await fetch(stage.env.WEBHOOK_URL, {
    method: 'POST',
    headers: kept.map(([name, value]) => [name, String(value)] as [string, string]),
    body: new Uint8Array(body),
  });
  return { status: response.status, ...((await response.json()) as { execution: string }) };
}

/** Lets MLflow itself send: a second webhook, which goes through the door. */
async function withWebhook(url: string, work: () => Promise<void>): Promise<void> {
  const { webhook } = (await call(stage.env, 'POST', 'webhooks', {
    name: stage.name('door'),
    url,
    secret: stage.env.WEBHOOK_SECRET,
    events: [{ entity: 'MODEL_VERSION_ALIAS', action: 'CREATED' }],
  })) as { webhook: { webhook_id: string } };
  // MLflow looks for new webhooks once a second here.
  await sleep(1_500);
  await work().finally(() => call(stage.env, 'DELETE', `webhooks/${webhook.webhook_id}`));
}

/** A model's executions since some time. */
async function startedSince(before: ReadonlySet<string>): Promise<string[]> {
  await stage.idle(before);
  return [...(await executionNames(stage.aws, stage.env))].filter((name) => !before.has(name));
}

test("MLflow's own sender comes again when the answer was lost or the receiver was away, and starts one execution", async () => {
  const name = stage.name('again');
  const version = await stage.register(name);
  await stage.enrol(name);
  await withWebhook(openDoor('lost', 502), async () => {
    const before = await executionNames(stage.aws, stage.env);
    await setAlias(stage.env, name, version, 'production');
    await until('three attempts', async () => attempts.length === 3, 30_000);
    const started = await startedSince(before);

    const [first, second, third] = attempts;
    expect(second).toEqual({ id: first?.id, signature: first?.signature, body: first?.body });
    expect(third).toEqual(first);
    expect(first?.answer?.status).toBe(202);
    // The other one is of the webhook that the enrolment made: another delivery of the same event.
    expect(started).toHaveLength(2);
    expect(started).toContain(first?.answer?.execution);
  });
}, 120_000);

test('a delivery that is refused is not sent again', async () => {
  const name = stage.name('refused');
  const version = await stage.register(name);
  await withWebhook(openDoor(401), async () => {
    await setAlias(stage.env, name, version, 'production');
    await until('the attempt', async () => attempts.length === 1);
    await sleep(4_000);
    expect(attempts).toHaveLength(1);
  });
}, 60_000);
