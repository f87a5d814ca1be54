import type { Server } from '../../../bench/servers/listen';
import { rangeOf } from '../../../bench/servers/source/range';
import { startSource } from '../../../bench/servers/source/source';
import { connectRegistry } from '../../../lambda/shared/registry/connect';
import type { ModelVersion } from '../../../lambda/shared/registry/registry';

const FILES = new Map([
  ['model/MLmodel', Buffer.from('flavors:\n')],
  ['model/data/ü 1.bin', Buffer.alloc(3 * 1024 * 1024, 'abc')],
]);
const VERSION = { name: 'model', version: '1', source: 'mlflow-artifacts:/model', runId: '' } as ModelVersion;

let source: Server;
beforeAll(async () => {
  source = await startSource(FILES);
});
afterAll(() => source.close());

test.each(['', '/latency-1'])('the project reads it as a registry below %p', async (path) => {
  const secret = { MLFLOW_TRACKING_URI: `${source.url}${path}`, MLFLOW_TRACKING_TOKEN: 'token' };
  const registry = connectRegistry(JSON.stringify(secret));
  expect(await registry.listFiles(VERSION)).toMatchObject([
    { path: 'MLmodel', size: 9 },
    { path: 'data/ü 1.bin', size: 3 * 1024 * 1024 },
  ]);
  const { bytes } = await registry.openFile(VERSION, 'data/ü 1.bin', { offset: 2 });
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) {
    chunks.push(chunk as Buffer);
  }
  expect(Buffer.concat(chunks).equals((FILES.get('model/data/ü 1.bin') as Buffer).subarray(2))).toBe(true);
});

test('what is not there is answered as MLflow answers it', async () => {
  const answer = await fetch(`${source.url}/api/2.0/mlflow-artifacts/artifacts/model/nothing`);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ error_code: 'RESOURCE_DOES_NOT_EXIST' });
});

test.each([
  [undefined, 200, 0, 10],
  ['bytes=3-', 206, 3, 10],
  ['bytes=3-5', 206, 3, 6],
  ['bytes=3-99', 206, 3, 10],
  ['bytes=-4', 206, 6, 10],
  ['bytes=10-', 416, 0, 0],
  ['bytes=0-1,3-4', 200, 0, 10],
  ['lines=1-2', 200, 0, 10],
])('a range %p of ten bytes', (header, status, start, end) => {
  expect(rangeOf(header, 10)).toEqual({ status, start, end });
});
