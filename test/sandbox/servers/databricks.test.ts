import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type DatabricksFront, startDatabricksFront } from '../../../sandbox/databricks/front';
import type { Part } from '../../../sandbox/processes/part';
import { type Receiver, startReceiver } from '../unit/databricks/receiver';
import { startMlflow } from './parts';
import { requirePython } from './sagemaker/stage';

jest.setTimeout(180_000);

const TOKEN = 'dapi-of-the-sandbox';
const API = '/api/2.0/mlflow';
const CLIENT = join(__dirname, 'databricks', 'client.py');

let mlflow: Part;
let front: DatabricksFront;
let receiver: Receiver;

beforeAll(async () => {
  mlflow = await startMlflow();
  receiver = await startReceiver();
  front = await startDatabricksFront({ port: 0, mlflowUri: mlflow.spec.url, token: TOKEN, log: () => undefined });
});

afterAll(async () => {
  await front?.close();
  await receiver?.close();
  await mlflow?.stop();
});

/** Runs client.py, which knows the front and the token only. */
async function python<T>(what: string, token = TOKEN): Promise<T> {
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    MLFLOW_TRACKING_URI: front.url,
    MLFLOW_TRACKING_TOKEN: token,
    DATABRICKS_HOST: front.url,
    DATABRICKS_TOKEN: token,
    HOOK: receiver.hook,
    MLFLOW_DISABLE_TELEMETRY: 'true',
    MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
  };
  const { stdout } = await promisify(execFile)(requirePython(), ['-W', 'ignore', CLIENT, what], { env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T;
}

function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${front.url}${path}`, { ...init, headers: { authorization: `Bearer ${TOKEN}` } });
}

describe('with a real MLflow server behind it', () => {
  test('the stock mlflow client logs, registers, promotes and loads, and webhooks are told', async () => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    await fetch(`${front.url}${API}/registered-models/create`, {
      method: 'POST',
      headers,
      body: '{"name": "house prices"}',
    });
    const hook = {
      model_name: 'house prices',
      events: ['MODEL_VERSION_CREATED', 'MODEL_VERSION_TRANSITIONED_STAGE', 'MODEL_VERSION_TAG_SET'],
      http_url_spec: { url: receiver.hook, secret: 's' },
    };
    const created = await call(`${API}/registry-webhooks/create`, { method: 'POST', body: JSON.stringify(hook) });
    expect(created.status).toBe(200);

    expect(await python('train')).toEqual({
      predictions: [
        [0, 1, 2],
        [0, 1, 2],
      ],
      stages: { 1: 'Archived', 2: 'Production', 3: 'None' },
      missing: 'RESOURCE_DOES_NOT_EXIST',
    });
    const told = await receiver.bodies(7);
    expect(told.map(({ event, version, from_stage, to_stage }) => [event, version, from_stage, to_stage])).toEqual(
      expect.arrayContaining([
        ['MODEL_VERSION_CREATED', '1', undefined, undefined],
        ['MODEL_VERSION_CREATED', '2', undefined, undefined],
        ['MODEL_VERSION_CREATED', '3', undefined, undefined],
        ['MODEL_VERSION_TAG_SET', '2', undefined, undefined],
        ['MODEL_VERSION_TRANSITIONED_STAGE', '1', 'None', 'Production'],
        ['MODEL_VERSION_TRANSITIONED_STAGE', '2', 'None', 'Production'],
        ['MODEL_VERSION_TRANSITIONED_STAGE', '1', 'Production', 'Archived'],
      ]),
    );
    expect(told).toHaveLength(7);
    expect(told.every(({ model_name }) => model_name === 'house prices')).toBe(true);
  });

  test("Databricks's own clients manage webhooks and download through signed URLs", async () => {
    await call(`${API}/registry-webhooks/list`).then(async (answer) => {
      const { webhooks } = (await answer.json()) as { webhooks: { id: string }[] };
      for (const { id } of webhooks) await call(`${API}/registry-webhooks/delete?id=${id}`, { method: 'DELETE' });
    });
    const files = {
      MLmodel: expect.any(Number),
      'model.skops': expect.any(Number),
      'requirements.txt': expect.any(Number),
    };
    expect(await python('workspace')).toMatchObject({
      created: { model_name: 'house prices', status: 'ACTIVE', http_url_spec: { url: receiver.hook } },
      updated: 'TEST_MODE',
      tested: { status_code: 200, body: 'received' },
      listed: true,
      pages: 2,
      left: 1,
      errors: ['ResourceDoesNotExist', 'InvalidParameterValue'],
      downloads: { 2: files, 3: files },
    });
  });

  test.each(['2', '3'])('a signed URL streams a file of version %s, and parts of it', async (version) => {
    const query = new URLSearchParams({ name: 'house prices', version });
    const listing = await call(`${API}/model-versions/list-artifacts?${query}`);
    const { files } = (await listing.json()) as { files: { path: string; file_size: number }[] };
    const size = files.find(({ path }) => path === 'model.skops')?.file_size ?? 0;
    const answer = await call(`${API}/model-versions/get-signed-download-uri?${query}&path=model.skops`);
    const { signed_uri } = (await answer.json()) as { signed_uri: string };

    const whole = await fetch(signed_uri);
    expect(whole.headers.get('content-length')).toBe(String(size));
    const bytes = Buffer.from(await whole.arrayBuffer());
    expect(bytes).toHaveLength(size);
    const part = await fetch(signed_uri, { headers: { range: 'bytes=10-19' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${size}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true);
    const missing = await call(`${API}/model-versions/get-signed-download-uri?${query}&path=nothing.bin`);
    expect((await fetch(((await missing.json()) as { signed_uri: string }).signed_uri)).ok).toBe(false);
  });

  test('a wrong token gets nowhere', async () => {
    await expect(python('train', 'dapi-other')).rejects.toThrow(/Invalid access token/);
  });

  test('a large artifact goes up and comes down whole', async () => {
    const bytes = Buffer.alloc(64 * 1024 * 1024, 'model');
    const path = '/api/2.0/mlflow-artifacts/artifacts/large/file.bin';
    expect((await call(path, { method: 'PUT', body: bytes })).status).toBe(200);
    const answer = await call(path);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  });
});
