import { type DatabricksFront, startDatabricksFront } from '../../../../sandbox/databricks/front';
import { captured, type FakeServer, fakeServer, replay } from './fake-mlflow';

const BEARER = { authorization: 'Bearer dapi-test' };
const GET_MODEL = '/api/2.0/mlflow/registered-models/get';

let mlflow: FakeServer;
let front: DatabricksFront;

beforeAll(async () => {
  mlflow = await fakeServer({ [`GET ${GET_MODEL}`]: replay('rest-rm-get') });
  front = await startDatabricksFront({
    port: 0,
    mlflowUri: mlflow.url,
    token: 'dapi-test',
    users: { ann: 'pass:word' },
    log: () => undefined,
  });
});

afterAll(async () => {
  await front.close();
  await mlflow.close();
});

const get = (path: string, headers: Record<string, string>) => fetch(`${front.url}${path}`, { headers });
const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

describe('credentials', () => {
  test.each([
    ['none', {}, 401],
    ['another scheme', { authorization: 'Digest x' }, 401],
    ['a wrong token', { authorization: 'Bearer dapi-tesT' }, 403],
    ['a wrong password', basic('ann:password'), 403],
    ['an unknown user', basic('constructor:x'), 403],
  ])('%s is refused, and MLflow hears nothing of it', async (_, headers, status) => {
    const before = mlflow.seen.length;
    const answer = await get(`${GET_MODEL}?name=sk-model`, headers as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ error_code: String(status), message: expect.any(String) });
    expect(mlflow.seen).toHaveLength(before);
  });

  test.each([
    ['the token', BEARER],
    ['a user', basic('ann:pass:word')],
  ])('%s is accepted', async (_, headers) => {
    const answer = await get(`${GET_MODEL}?name=sk-model`, headers);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual(JSON.parse(captured('rest-rm-get').body));
  });
});
