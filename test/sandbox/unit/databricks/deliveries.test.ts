import { createHmac } from 'node:crypto';
import { type DatabricksFront, startDatabricksFront } from '../../../../sandbox/databricks/front';
import { captured, type FakeServer, fakeServer, json, replay } from './fake-mlflow';
import { type Receiver, startReceiver } from './receiver';

const API = '/api/2.0/mlflow';
const SECRET = 'a-shared-secret';
const STAGE = 'MODEL_VERSION_TRANSITIONED_STAGE';

/** Version 1 of the captured answers is in Production; these are beside it. */
const OTHERS = [
  { name: 'sk-model', version: '1', current_stage: 'Staging' },
  { name: 'sk-model', version: '2', current_stage: 'Production' },
  { name: 'sk-model', version: '3', current_stage: 'Archived' },
];

let mlflow: FakeServer;
let front: DatabricksFront;
let log: string[];
const receivers: Receiver[] = [];

beforeEach(async () => {
  mlflow = await fakeServer({
    [`GET ${API}/registered-models/get`]: replay('rest-rm-get'),
    [`GET ${API}/model-versions/get`]: (request, response) => {
      const missing = request.url?.includes('version=99') ?? false;
      const { model_version } = JSON.parse(captured('rest-mv-get').body) as { model_version: object };
      const before = json({ model_version: { ...model_version, current_stage: 'Staging' } });
      return (missing ? replay('rest-mv-get-missing') : before)(request, response);
    },
    [`GET ${API}/model-versions/search`]: json({ model_versions: OTHERS }),
    [`POST ${API}/model-versions/transition-stage`]: async (request, response) => {
      const missing = request.headers['x-fail'] !== undefined;
      return (missing ? replay('rest-mv-get-missing') : replay('rest-transition'))(request, response);
    },
    [`POST ${API}/model-versions/create`]: json({ model_version: { name: 'sk-model', version: '4' } }),
    'POST /ajax-api/2.0/mlflow/model-versions/create': json({ model_version: { name: 'sk-model', version: '4' } }),
    [`POST ${API}/model-versions/set-tag`]: json({}),
  });
  log = [];
  const retryDelaysMs = [10, 20];
  front = await startDatabricksFront({
    port: 0,
    mlflowUri: mlflow.url,
    token: 't',
    retryDelaysMs,
    log: (line) => log.push(line),
  });
});

afterEach(async () => {
  await front.close();
  await Promise.all([mlflow.close(), ...receivers.splice(0).map((receiver) => receiver.close())]);
});

async function send(call: string, fields: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${front.url}${API}/${call}`, {
    method: 'POST',
    headers: { ...headers, authorization: 'Bearer t' },
    body: JSON.stringify(fields),
  });
}

/** A receiver with an active webhook for `events`. */
async function subscribe(events: string[], fields: object = {}, statuses: number[] = []): Promise<Receiver> {
  const receiver = await startReceiver(...statuses);
  receivers.push(receiver);
  const http_url_spec = { url: receiver.hook, secret: SECRET, authorization: 'Bearer hook' };
  const answer = await send('registry-webhooks/create', { model_name: 'sk-model', events, http_url_spec, ...fields });
  expect(answer.status).toBe(200);
  return receiver;
}

const TO_PRODUCTION = { name: 'sk-model', version: '1', stage: 'Production' };

test('a stage transition is delivered signed, in the documented shape', async () => {
  const receiver = await subscribe([STAGE], { model_name: 'sk-model' });
  const answer = await send('model-versions/transition-stage', TO_PRODUCTION);
  expect(await answer.json()).toEqual(JSON.parse(captured('rest-transition').body));
  expect(await receiver.bodies(1)).toEqual([
    {
      event: STAGE,
      webhook_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      event_timestamp: expect.any(Number),
      model_name: 'sk-model',
      version: '1',
      to_stage: 'Production',
      from_stage: 'Staging',
      text: "Registered model 'sk-model' version 1 transitioned from Staging to Production.",
    },
  ]);
  const [{ body, headers } = { body: '', headers: {} }] = receiver.seen;
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    authorization: 'Bearer hook',
    'x-databricks-signature': createHmac('sha256', SECRET).update(body).digest('hex'),
  });
  expect(log.join()).not.toContain(SECRET);
});

test('archiving what was in the stage tells of every version that moved', async () => {
  const receiver = await subscribe([STAGE]);
  await send('model-versions/transition-stage', { ...TO_PRODUCTION, archive_existing_versions: true });
  const moves = (await receiver.bodies(2)).map(({ version, from_stage, to_stage }) => [version, from_stage, to_stage]);
  expect(moves.sort()).toEqual([
    ['1', 'Staging', 'Production'],
    ['2', 'Production', 'Archived'],
  ]);
});

test.each([
  ['MODEL_VERSION_CREATED', 'model-versions/create', { name: 'sk-model', source: 's' }, { version: '4' }],
  [
    'MODEL_VERSION_TAG_SET',
    'model-versions/set-tag',
    { name: 'sk-model', version: '1', key: 'k', value: 'v' },
    { version: '1', tags: [{ key: 'k', value: 'v' }] },
  ],
])('%s is delivered after %s', async (event, call, fields, expected) => {
  const receiver = await subscribe([event]);
  await send(call, fields);
  expect(await receiver.bodies(1)).toEqual([expect.objectContaining({ event, ...expected })]);
});

test('calls under the prefix of the web pages count as well', async () => {
  const receiver = await subscribe(['MODEL_VERSION_CREATED']);
  const url = `${front.url}/ajax-api/2.0/mlflow/model-versions/create`;
  await fetch(url, { method: 'POST', headers: { authorization: 'Bearer t' }, body: '{"name":"sk-model"}' });
  expect(await receiver.bodies(1)).toMatchObject([{ event: 'MODEL_VERSION_CREATED', version: '4' }]);
});

describe('nothing is delivered', () => {
  test('for a call that fails', async () => {
    const receiver = await subscribe([STAGE]);
    const answer = await send(
      'model-versions/transition-stage',
      { ...TO_PRODUCTION, version: '99' },
      { 'x-fail': '1' },
    );
    expect(answer.status).toBe(404);
    expect(await receiver.bodies(0)).toEqual([]);
  });

  test.each(['DISABLED', 'TEST_MODE'])('to a webhook that is %s', async (status) => {
    const receiver = await subscribe([STAGE], { status });
    await send('model-versions/transition-stage', TO_PRODUCTION);
    expect(await receiver.bodies(0)).toEqual([]);
  });

  test('to a webhook of another model or for other events', async () => {
    const other = await subscribe(['MODEL_VERSION_CREATED'], { model_name: 'another' });
    const tags = await subscribe(['MODEL_VERSION_TAG_SET']);
    await send('model-versions/create', { name: 'sk-model' });
    await send('model-versions/transition-stage', TO_PRODUCTION);
    expect([await other.bodies(0), await tags.bodies(0)]).toEqual([[], []]);
  });
});

describe('a receiver that fails', () => {
  test.each([
    ['is called again until it succeeds', [500, 429], 3],
    ['is given up after the last attempt', [503, 503, 503, 503], 3],
    ['is not called again after a refusal', [401], 1],
    ['is not followed to elsewhere', [302], 1],
  ])('%s', async (_, statuses, attempts) => {
    const receiver = await subscribe(['MODEL_VERSION_CREATED'], {}, statuses);
    await send('model-versions/create', { name: 'sk-model' });
    const bodies = await receiver.bodies(attempts);
    expect(bodies).toHaveLength(attempts);
    expect(new Set(receiver.seen.map(({ body }) => body)).size).toBe(1);
    expect(log.filter((line) => line.startsWith('webhook '))).toHaveLength(attempts);
  });

  test('does not hold up the client, nor the end', async () => {
    const silent = await fakeServer({ 'POST /hook': () => undefined });
    const http_url_spec = { url: `${silent.url}/hook` };
    await send('registry-webhooks/create', {
      model_name: 'sk-model',
      events: ['MODEL_VERSION_CREATED'],
      http_url_spec,
    });
    const started = Date.now();
    expect((await send('model-versions/create', { name: 'sk-model' })).status).toBe(200);
    await front.close();
    expect(Date.now() - started).toBeLessThan(2_000);
    await silent.close();
  });
});
