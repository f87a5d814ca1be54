import { executionNames, untilIdle } from '../../../sandbox/demo/executions';
import { post, signed, transition } from '../../support/deliveries';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

let databricks: Stage;
let openSource: Stage;
let name: string;

beforeAll(async () => {
  ({ databricks, openSource } = stages(await useSandbox()));
  name = databricks.name('hooked');
  await databricks.register(name, (await databricks.model()).source);
  await databricks.enrol(name);
}, UP_TIMEOUT_MS);

test('a signed delivery starts one execution, and its redelivery none', async () => {
  const before = await executionNames(databricks.aws, databricks.env);
  const body = transition(name);
  const first = await post(databricks, body, signed(databricks, body));
  expect(first.status).toBe(202);
  await untilIdle(databricks.aws, databricks.env, before);
  const second = await post(databricks, body, signed(databricks, body));
  expect(second).toEqual(first);
  const after = await executionNames(databricks.aws, databricks.env);
  expect([...after].filter((one) => !before.has(one))).toEqual([first.body.execution]);
}, 60_000);

test('the root takes deliveries too', async () => {
  const body = transition(name);
  const root = databricks.env.WEBHOOK_URL.replace(/\/webhook$/, '/');
  expect((await post(databricks, body, signed(databricks, body), root)).status).toBe(202);
});

test.each([
  ['no signature', () => ({})],
  ['a forged signature', () => ({ 'X-Databricks-Signature': 'f'.repeat(64) })],
  ["another installation's signature", (body: string) => signed(openSource, body)],
])('%s is refused', async (_what, headers) => {
  const body = transition(name);
  expect(await post(databricks, body, headers(body))).toEqual({ status: 401, body: { message: 'unauthorized' } });
});

test('a signed body that makes no sense is 400 with a reason', async () => {
  const answer = await post(databricks, 'hello', signed(databricks, 'hello'));
  expect(answer).toEqual({ status: 400, body: { message: 'body: not JSON in UTF-8' } });
});

test('a model that is not enrolled starts nothing', async () => {
  const body = transition('nobody');
  expect((await post(databricks, body, signed(databricks, body))).status).toBe(200);
});

test("the registries' own test deliveries are answered with 200", async () => {
  const { env } = databricks;
  const authorization = `Bearer ${env.MLFLOW_TRACKING_TOKEN}`;
  const list = await fetch(`${env.MLFLOW_TRACKING_URI}/api/2.0/mlflow/registry-webhooks/list?model_name=${name}`, {
    headers: { authorization },
  });
  const { webhooks } = (await list.json()) as { webhooks: { id: string }[] };
  const before = await executionNames(databricks.aws, env);
  const tested = await fetch(`${env.MLFLOW_TRACKING_URI}/api/2.0/mlflow/registry-webhooks/test`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ id: webhooks[0]?.id }),
  });
  expect(await tested.json()).toMatchObject({ status_code: 200 });
  expect(await executionNames(databricks.aws, env)).toEqual(before);
});
