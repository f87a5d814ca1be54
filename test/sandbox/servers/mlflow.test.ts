import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deleteStaleWebhooks } from '../../../sandbox/mlflow/stale-webhooks';
import { webhookKey } from '../../../sandbox/mlflow/webhook-key';
import type { Part } from '../../../sandbox/processes/part';
import { newPaths, startMlflow } from './parts';

jest.setTimeout(60_000);

const paths = newPaths();
let mlflow: Part;

beforeAll(async () => {
  mlflow = await startMlflow(paths);
}, 400_000);

afterAll(() => mlflow?.stop());

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const answer = await fetch(`${mlflow.spec.url}/api/2.0/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: await answer.json() };
}

it('takes webhooks to this machine, and remembers them and its models over a restart', async () => {
  const webhook = {
    name: 'local',
    url: 'http://127.0.0.1:9/hook',
    secret: 'shared',
    events: [{ entity: 'MODEL_VERSION_ALIAS', action: 'CREATED' }],
  };
  expect(await call('POST', 'mlflow/webhooks', webhook)).toMatchObject({
    status: 200,
    json: { webhook: { name: 'local' } },
  });
  expect((await call('POST', 'mlflow/registered-models/create', { name: 'kept' })).status).toBe(200);
  await mlflow.stop();
  mlflow = await startMlflow(paths);
  expect(await call('GET', 'mlflow/webhooks')).toMatchObject({ json: { webhooks: [{ url: webhook.url }] } });
  expect((await call('GET', 'mlflow/registered-models/get?name=kept')).status).toBe(200);
  // It signs with the secret that the former server encrypted: the key is the same.
  const [{ webhook_id: id } = { webhook_id: '' }] = (
    (await call('GET', 'mlflow/webhooks')).json as { webhooks: { webhook_id: string }[] }
  ).webhooks;
  const { json } = await call('POST', `mlflow/webhooks/${id}/test`, {});
  expect(JSON.stringify(json)).toMatch(/refused|Max retries/);
});

it('deletes the webhooks of earlier sandbox runs and keeps all others', async () => {
  const register = (name: string, url: string) =>
    call('POST', 'mlflow/webhooks', { name, url, events: [{ entity: 'MODEL_VERSION_ALIAS', action: 'CREATED' }] });
  await register('earlier-run', 'http://127.0.0.1:9/restapis/a1b2/prod/_user_request_/webhook');
  await register('own-receiver', 'http://127.0.0.1:9/hook');
  await register('elsewhere', 'https://example.com/hook');
  expect(await deleteStaleWebhooks(mlflow.spec.url)).toBe(1);
  const { json } = await call('GET', 'mlflow/webhooks');
  const names = (json as { webhooks: { name: string }[] }).webhooks.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['own-receiver', 'elsewhere']));
  expect(names).not.toContain('earlier-run');
});

it('serves artifacts through itself, from its own folder', async () => {
  const url = `${mlflow.spec.url}/api/2.0/mlflow-artifacts/artifacts/some%20folder/file.txt`;
  expect((await fetch(url, { method: 'PUT', body: 'content' })).status).toBe(200);
  expect(await (await fetch(url)).text()).toBe('content');
});

it('has its encryption key made once, in the shape that Fernet wants', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'key ')), 'webhook.key');
  const key = webhookKey(file);
  expect(key).toMatch(/^[A-Za-z0-9_-]{43}=$/);
  expect(webhookKey(file)).toBe(key);
});
