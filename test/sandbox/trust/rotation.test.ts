import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { executionNames } from '../../../sandbox/demo/executions';
import { call, setAlias } from '../../../sandbox/demo/registry';
import { until } from '../../../sandbox/demo/until';
import { sized, tried } from '../../../trust/sizes';
import { post, transition } from '../../support/deliveries';
import { Rotations } from '../../support/rotations';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

const ROTATIONS = sized(2, 3);
const POSTERS = 3;

let stage: Stage;
let rotations: Rotations;

beforeAll(async () => {
  stage = stages(await useSandbox()).openSource;
  rotations = new Rotations(stage);
  await stage.model();
}, UP_TIMEOUT_MS);

afterAll(() => rotations?.restore());

/** About a model that nobody enrolled: taken, and nothing comes of it. */
async function deliverSigned(secret: string): Promise<number> {
  const body = transition('nobody');
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return (await post(stage, body, { 'X-Databricks-Signature': signature })).status;
}

test('three rotations under deliveries that come all the time drop none, and what is older is refused', async () => {
  const name = stage.name('rotated');
  const version = await stage.register(name);
  const group = await stage.enrol(name);
  const secrets = [await rotations.current()];
  let rotating = true;
  const statuses: number[] = [];

  /** Sends with the secret that was last known to be current; by its end that may be the previous one. */
  const poster = async () => {
    while (rotating) {
      const secret = secrets.at(-1) ?? '';
      statuses.push(await deliverSigned(secret));
      // All of them together stay below what the API lets through.
      await sleep(100);
    }
  };
  /** Each alias is an event that MLflow itself signs and sends, and that has to start an execution. */
  const aliases = async () => {
    let number = 0;
    for (; rotating; number++) {
      const before = await executionNames(stage.aws, stage.env);
      await setAlias(stage.env, name, version, `alias-${number}`);
      await until(`the sync for alias ${number}`, async () =>
        [...(await executionNames(stage.aws, stage.env))].some((one) => one.startsWith(group) && !before.has(one)),
      );
      await stage.idle();
    }
    return number;
  };
  const rotate = async () => {
    try {
      for (let number = 0; number < ROTATIONS; number++) {
        secrets.push(await rotations.rotate());
        // The new one is in use for a while before the next one comes.
        await sleep(2_000);
      }
    } finally {
      rotating = false;
    }
  };
  const [set] = await Promise.all([aliases(), rotate(), ...Array.from({ length: POSTERS }, poster)]);

  expect(new Set(secrets).size).toBe(ROTATIONS + 1);
  expect(set).toBeGreaterThan(ROTATIONS);
  expect(statuses.length).toBeGreaterThan(20 * ROTATIONS);
  expect([...new Set(statuses)]).toEqual([200]);
  tried('rotation', statuses.length + set);

  const [previous = '', current = ''] = secrets.slice(-2);
  expect([await deliverSigned(previous), await deliverSigned(current)]).toEqual([200, 200]);
  for (const older of secrets.slice(0, -2)) {
    // An instance that got no delivery since may remember it for a minute.
    await until('the refusal of an older secret', async () => (await deliverSigned(older)) === 401);
    expect(await deliverSigned(older)).toBe(401);
  }
}, 400_000);

test('the registry itself signs with a secret that is taken', async () => {
  const { webhooks } = (await call(stage.env, 'GET', 'webhooks')) as {
    webhooks: { webhook_id: string; url: string }[];
  };
  const ours = webhooks.find(({ url }) => url === stage.env.WEBHOOK_URL);
  const { result } = (await call(stage.env, 'POST', `webhooks/${ours?.webhook_id}/test`, {})) as {
    result: { response_status: number };
  };
  expect(result.response_status).toBe(200);
});
