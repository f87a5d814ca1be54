import { type DatabricksFront, startDatabricksFront } from '../../../../sandbox/databricks/front';
import { type FakeServer, fakeServer, json } from './fake-mlflow';

const API = '/api/2.0/mlflow';
const HEADERS = { authorization: 'Bearer dapi-test' };

let mlflow: FakeServer;
let front: DatabricksFront;

beforeAll(async () => {
  mlflow = await fakeServer({
    [`GET ${API}/registered-models/get`]: json({ registered_model: { name: 'churn' } }),
    [`GET ${API}/registered-models/search`]: json({ registered_models: [{ name: 'churn' }, { name: 'ranker' }] }),
    [`GET ${API}/model-versions/search`]: json({ model_versions: [{ name: 'churn' }, { name: 'ranker' }] }),
  });
  front = await startDatabricksFront({ port: 0, mlflowUri: mlflow.url, token: 'dapi-test', log: () => undefined });
});

afterAll(async () => {
  await front.close();
  await mlflow.close();
});

const get = (path: string) => fetch(`${front.url}${path}`, { headers: HEADERS });
const tell = async (what: 'outage' | 'visible', method: string, body?: object) => {
  const answer = await fetch(`${front.url}/_sandbox/${what}`, { method, ...(body && { body: JSON.stringify(body) }) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

describe('an outage', () => {
  afterEach(() => tell('outage', 'DELETE'));

  test('may ask to come again later, and counts whom it met', async () => {
    await tell('outage', 'POST', { seconds: 60, status: 429, retryAfter: 3 });
    const answer = await get(`${API}/registered-models/get?name=churn`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '3']);
    expect((await tell('outage', 'GET')).body).toEqual({ refused: 1 });
  });

  test('may meet a share of the calls', async () => {
    await tell('outage', 'POST', { seconds: 60, status: 500, share: 0.5 });
    const answers = await Promise.all(Array.from({ length: 60 }, () => get(`${API}/registered-models/get?name=churn`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 500]));
  });

  test('may be about one model, or one path', async () => {
    await tell('outage', 'POST', { seconds: 60, status: 403, model: 'churn' });
    const filter = (name: string) => new URLSearchParams({ filter: `name='${name}'` });
    expect((await get(`${API}/registered-models/get?name=churn`)).status).toBe(403);
    expect((await get(`${API}/model-versions/search?${filter('churn')}`)).status).toBe(403);
    expect((await get(`${API}/model-versions/search?${filter('churn-2')}`)).status).toBe(200);
    await tell('outage', 'POST', { seconds: 60, status: 403, path: '/search' });
    expect((await get(`${API}/registered-models/get?name=churn`)).status).toBe(200);
    expect((await get(`${API}/registered-models/search`)).status).toBe(403);
  });

  test('may repeat what it was sent', async () => {
    await tell('outage', 'POST', { seconds: 60, status: 400, echo: true });
    const answer = (await (await get(`${API}/registered-models/get?name=churn`)).json()) as { message: string };
    expect(answer.message).toContain('/registered-models/get?name=churn with authorization: Bearer dapi-test');
  });

  test('of a kind that there is not is refused', async () => {
    expect((await tell('outage', 'POST', { seconds: 60, status: 200 })).status).toBe(400);
  });
});

test('what a user may not see is in no list and not there', async () => {
  await tell('visible', 'PUT', { models: ['ranker'] });
  const list = async (path: string) => (await (await get(`${API}/${path}/search?max_results=1`)).json()) as object;
  expect(await list('registered-models')).toEqual({ registered_models: [{ name: 'ranker' }] });
  expect(await list('model-versions')).toEqual({ model_versions: [{ name: 'ranker' }] });
  const answer = await get(`${API}/registered-models/get?name=churn`);
  expect([answer.status, await answer.json()]).toMatchObject([404, { error_code: 'RESOURCE_DOES_NOT_EXIST' }]);
  await tell('visible', 'PUT', { models: [] });
  expect(await list('registered-models')).toEqual({ registered_models: [] });
  await tell('visible', 'DELETE');
  expect((await get(`${API}/registered-models/get?name=churn`)).status).toBe(200);
});
