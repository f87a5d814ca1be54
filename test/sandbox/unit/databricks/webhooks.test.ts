import { type DatabricksFront, startDatabricksFront } from '../../../../sandbox/databricks/front';
import { captured, type FakeServer, fakeServer, json, replay } from './fake-mlflow';
import { type Receiver, startReceiver } from './receiver';
import { callWebhooks } from './registry-webhooks';

const HEADERS = { authorization: 'Bearer t' };
const EVENTS = ['MODEL_VERSION_TRANSITIONED_STAGE'];
const SECRET = 'a-shared-secret';

let mlflow: FakeServer;
let front: DatabricksFront;
let receiver: Receiver;

beforeEach(async () => {
  mlflow = await fakeServer({
    'GET /api/2.0/mlflow/registered-models/get': (request, response) => {
      const known = request.url?.endsWith('name=sk-model') ?? false;
      return (known ? replay('rest-rm-get') : replay('rest-rm-get-missing'))(request, response);
    },
    'POST /api/2.0/mlflow/registered-models/create': json({ registered_model: { name: 'sk-model' } }),
  });
  receiver = await startReceiver();
  front = await startDatabricksFront({ port: 0, mlflowUri: mlflow.url, token: 't', log: () => undefined });
});

afterEach(async () => {
  await front.close();
  await Promise.all([mlflow.close(), receiver.close()]);
});

const call = (method: string, verb: string, fields?: object) => callWebhooks(front, method, verb, fields);

const HOOK = () => ({
  model_name: 'sk-model',
  events: EVENTS,
  http_url_spec: { url: receiver.hook, secret: SECRET },
});

async function create(fields: object = {}): Promise<Record<string, unknown>> {
  const hook = { ...HOOK(), ...fields };
  const { status, body } = await call('POST', 'create', hook);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body.webhook as Record<string, unknown>;
}

const idsOf = (body: Record<string, unknown>) => (body.webhooks as { id: string }[]).map(({ id }) => id);

describe('create', () => {
  test('answers the webhook without its secrets', async () => {
    const fields = { model_name: 'sk-model', description: 'd', status: 'TEST_MODE' };
    const http_url_spec = { url: receiver.hook, secret: SECRET, authorization: 'Bearer x' };
    const webhook = await create({ ...fields, http_url_spec });
    expect(webhook).toEqual({
      ...fields,
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      events: EVENTS,
      http_url_spec: { url: receiver.hook, enable_ssl_verification: true },
      creation_timestamp: expect.any(Number),
      last_updated_timestamp: webhook.creation_timestamp,
    });
    expect(JSON.stringify((await call('GET', 'list')).body)).not.toContain(SECRET);
  });

  test('is active where nothing else is said', async () => {
    expect(await create()).toMatchObject({ status: 'ACTIVE' });
  });

  test.each([
    ['no events', { events: [] }, 'events'],
    ['missing events', { events: undefined }, 'events'],
    ['an unknown event', { events: ['MODEL_DELETED'] }, 'events.0'],
    ['an unknown status', { status: 'PAUSED' }, 'status'],
    ['no target', { http_url_spec: undefined }, 'http_url_spec'],
    ['two targets', { job_spec: { job_id: '1' } }, 'Only one'],
    ['no URL', { http_url_spec: { secret: 's' } }, 'http_url_spec.url'],
    ['a URL of plain HTTP to elsewhere', { http_url_spec: { url: 'http://example.com/x' } }, 'HTTPS'],
    ['a URL of another scheme', { http_url_spec: { url: 'file:///etc/passwd' } }, 'HTTPS'],
  ])('%s is refused', async (_, fields, named) => {
    const { status, body } = await call('POST', 'create', { ...HOOK(), ...fields });
    expect({ status, body }).toEqual({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(named) },
    });
  });

  test.each([
    ['other events', { events: ['COMMENT_CREATED'] }, 'COMMENT_CREATED'],
    ['a webhook of the whole registry', { model_name: undefined }, 'model_name'],
    ['a job', { http_url_spec: undefined, job_spec: { job_id: '1' } }, 'http_url_spec'],
  ])('%s only a workspace has, and says so', async (_, fields, named) => {
    const { status, body } = await call('POST', 'create', { ...HOOK(), ...fields });
    expect([status, body.message]).toEqual([501, expect.stringContaining(named)]);
  });

  test('a model that MLflow does not know is refused in its words', async () => {
    const hook = { model_name: 'nope', events: EVENTS, http_url_spec: { url: receiver.hook } };
    const { error_code, message } = JSON.parse(captured('rest-rm-get-missing').body) as Record<string, string>;
    expect(await call('POST', 'create', hook)).toEqual({ status: 404, body: { error_code, message } });
  });

  test('a body that is no JSON object is refused', async () => {
    const url = `${front.url}/api/2.0/mlflow/registry-webhooks/create`;
    for (const body of ['{', '[]', 'null']) {
      const answer = await fetch(url, { method: 'POST', headers: HEADERS, body });
      expect([answer.status, await answer.json()]).toMatchObject([400, { error_code: 'MALFORMED_REQUEST' }]);
    }
  });
});

describe('list', () => {
  test('is {} when there are none', async () => {
    expect((await call('GET', 'list')).body).toEqual({});
  });

  test('filters by model and by events', async () => {
    const tagged = await create({ events: ['MODEL_VERSION_CREATED', 'MODEL_VERSION_TAG_SET'] });
    const staged = await create();
    expect(idsOf((await call('GET', 'list?model_name=sk-model')).body)).toEqual([tagged.id, staged.id]);
    expect((await call('GET', 'list?model_name=other')).body).toEqual({});
    const either = 'list?events=MODEL_VERSION_TAG_SET&events=MODEL_VERSION_CREATED';
    expect(idsOf((await call('GET', either)).body)).toEqual([tagged.id]);
    expect(await call('GET', 'list?events=NONE')).toMatchObject({ status: 400 });
  });

  test('goes on page by page', async () => {
    const ids = [(await create()).id, (await create()).id, (await create()).id];
    const first = await call('GET', 'list?max_results=2');
    expect(idsOf(first.body)).toEqual(ids.slice(0, 2));
    const second = await call('GET', `list?max_results=2&page_token=${String(first.body.next_page_token)}`);
    expect(second.body).toEqual({ webhooks: [expect.objectContaining({ id: ids[2] })] });
    expect(await call('GET', 'list?page_token=bad')).toMatchObject({ status: 400 });
  });
});

describe('update', () => {
  test('changes what is given, and keeps a secret that is not', async () => {
    const { id } = await create({ description: 'before' });
    const moved = await startReceiver();
    const update = { id, events: ['MODEL_VERSION_CREATED'], http_url_spec: { url: moved.hook } };
    expect((await call('PATCH', 'update', update)).body).toMatchObject({
      webhook: { id, description: 'before', events: ['MODEL_VERSION_CREATED'], http_url_spec: { url: moved.hook } },
    });
    await call('POST', 'test', { id });
    expect(moved.seen[0]?.headers['x-databricks-signature']).toMatch(/^[0-9a-f]{64}$/);
    await moved.close();
  });
});

describe('delete', () => {
  test.each(['query', 'body'])('takes the id from the %s', async (place) => {
    const id = String((await create()).id);
    const gone = place === 'query' ? call('DELETE', `delete?id=${id}`) : call('DELETE', 'delete', { id });
    expect(await gone).toEqual({ status: 200, body: {} });
    expect((await call('GET', 'list')).body).toEqual({});
  });
});

describe('test', () => {
  test('calls the receiver with an example and answers what it answered', async () => {
    const { id } = await create({ model_name: 'sk-model', status: 'TEST_MODE' });
    expect(await call('POST', 'test', { id })).toEqual({ status: 200, body: { status_code: 200, body: 'received' } });
    expect(await receiver.bodies(1)).toEqual([
      expect.objectContaining({ event: 'MODEL_VERSION_TRANSITIONED_STAGE', webhook_id: id, model_name: 'sk-model' }),
    ]);
    await call('POST', 'test', { id, event: 'MODEL_VERSION_CREATED' });
    expect((await receiver.bodies(2))[1]).toMatchObject({ event: 'MODEL_VERSION_CREATED' });
  });

  test('says that the receiver cannot be reached', async () => {
    const { id } = await create();
    await receiver.close();
    expect(await call('POST', 'test', { id })).toMatchObject({ status: 400, body: { error_code: 'BAD_REQUEST' } });
  });
});

test.each([
  ['PATCH', 'update', { id: 'nope', status: 'ACTIVE' }],
  ['DELETE', 'delete', { id: 'nope' }],
  ['POST', 'test', { id: 'nope' }],
])('%s %s of an unknown id is RESOURCE_DOES_NOT_EXIST', async (method, verb, fields) => {
  expect(await call(method, verb, fields)).toMatchObject({
    status: 404,
    body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
  });
});

test.each([
  ['GET', 'create'],
  ['POST', 'list'],
  ['PUT', 'update'],
  ['POST', 'nothing'],
])('%s %s is no endpoint', async (method, verb) => {
  expect(await call(method, verb)).toMatchObject({ status: 404, body: { error_code: 'ENDPOINT_NOT_FOUND' } });
});
