import { createHmac } from 'node:crypto';
import { call } from '../../../sandbox/demo/registry';
import { post, transition } from '../../support/deliveries';
import { Rotations } from '../../support/rotations';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

let stage: Stage;
let rotations: Rotations;

beforeAll(async () => {
  stage = stages(await useSandbox()).openSource;
  rotations = new Rotations(stage);
  await stage.model();
}, UP_TIMEOUT_MS);

afterAll(() => rotations?.restore());

/** The answer to a delivery about a model that is not enrolled. */
async function deliver(secret: string): Promise<number> {
  const body = transition('nobody');
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return (await post(stage, body, { 'X-Databricks-Signature': signature })).status;
}

/** The answer to a delivery that MLflow signs and sends. */
async function deliverByMlflow(): Promise<number> {
  const { webhooks } = (await call(stage.env, 'GET', 'webhooks')) as {
    webhooks: { webhook_id: string; url: string }[];
  };
  const ours = webhooks.find(({ url }) => url === stage.env.WEBHOOK_URL);
  const { result } = (await call(stage.env, 'POST', `webhooks/${ours?.webhook_id}/test`, {})) as {
    result: { response_status: number };
  };
  return result.response_status;
}

test('a rotation gives MLflow a new secret; the receiver accepts it, and the previous one', async () => {
  const name = stage.name('rotated');
  await stage.register(name);
  await stage.enrol(name);
  const previous = await rotations.current();
  const secret = await rotations.rotate();
  expect(secret).not.toBe(previous);
  // MLflow caches webhooks for a minute, and may still sign with the previous secret.
  expect([await deliverByMlflow(), await deliver(secret), await deliver(previous)]).toEqual([200, 200, 200]);
}, 120_000);
