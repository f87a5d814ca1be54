import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { connectRegistry } from '../../../../lambda/shared/registry/connect';
import { json, startFakeServer } from '../../../support/fake-server';
import { IMPATIENT } from '../../../support/impatient';
import { modelVersion } from '../../../support/versions';

const fake = startFakeServer();
const store = startFakeServer();
const openSource = () =>
  connectRegistry(
    JSON.stringify({ MLFLOW_TRACKING_URI: fake.url(), MLFLOW_TRACKING_TOKEN: 't0ken' }),
    undefined,
    IMPATIENT,
  );
const logged = modelVersion({ source: 'models:/m-1' });
const ofRun = modelVersion({ source: 'runs:/r1/model', runId: 'r1' });

type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

/** A registry whose calls answer as given, by the end of their paths; `asked` has each call's path. */
function registryAnswers(answers: Record<string, Answer | object>): { asked: string[] } {
  const asked: string[] = [];
  fake.answer = (request, response, url) => {
    asked.push(url.pathname.replace('/api/2.0', ''));
    const [, answer] = Object.entries(answers).find(([path]) => url.pathname.endsWith(path)) ?? [];
    if (typeof answer === 'function') {
      (answer as Answer)(request, response, url);
    } else if (answer !== undefined) {
      json(response, answer);
    } else {
      json(response, { error_code: 'ENDPOINT_NOT_FOUND' }, 404);
    }
  };
  return { asked };
}

const PROXIED_STORE = { 'get-download-uri': { artifact_uri: 'mlflow-artifacts:/0/models/m-1/artifacts' } };
const fromRegistry: Answer = (_request, response) => void response.end('from the registry');
const THROUGH_REGISTRY = { 'model-versions/get-artifact': fromRegistry };
const fromStore: Answer = (request, response) => {
  expect(request.headers.authorization).toBeUndefined();
  response.end('from the store');
};

test('files come from the address that the registry signs', async () => {
  store.answer = fromStore;
  const { asked } = registryAnswers({
    ...PROXIED_STORE,
    ...THROUGH_REGISTRY,
    'presigned/0/models/m-1/artifacts/a%20b/c%2B.bin': (request: IncomingMessage, response: ServerResponse) => {
      expect(request.headers.authorization).toBe('Bearer t0ken');
      json(response, { url: `${store.url()}/object?signature=x`, headers: {}, file_size: 14 });
    },
    'presigned/0/models/m-1/artifacts/MLmodel': { url: `${store.url()}/object`, headers: { 'x-a': 'b' } },
  });
  const registry = openSource();
  expect(await text((await registry.openFile(logged, 'a b/c+.bin')).bytes)).toBe('from the store');
  expect(await text((await registry.openFile(logged, 'MLmodel')).bytes)).toBe('from the store');
  expect(asked).toEqual([
    '/mlflow/model-versions/get-download-uri',
    '/mlflow-artifacts/presigned/0/models/m-1/artifacts/a%20b/c%2B.bin',
    '/mlflow-artifacts/presigned/0/models/m-1/artifacts/MLmodel',
  ]);
});

test("a run's files are where its artifacts are", async () => {
  store.answer = fromStore;
  registryAnswers({
    'get-download-uri': { artifact_uri: 'runs:/r1/model' },
    'runs/get': { run: { info: { artifact_uri: 'mlflow-artifacts:/0/r1/artifacts' } } },
    'presigned/0/r1/artifacts/model/MLmodel': { url: `${store.url()}/object` },
  });
  expect(await text((await openSource().openFile(ofRun, 'MLmodel')).bytes)).toBe('from the store');
});

test('for a run in a store of its own, the server signs by run and path', async () => {
  store.answer = fromStore;
  registryAnswers({
    'get-download-uri': { artifact_uri: 's3://bucket/0/r1/artifacts/model' },
    'artifacts/presigned-download-url': async (request: IncomingMessage, response: ServerResponse) => {
      expect(JSON.parse(await text(request))).toEqual({ run_id: 'r1', path: 'model/MLmodel' });
      json(response, { presigned_url: `${store.url()}/object`, headers: {} });
    },
  });
  const version = modelVersion({ source: 's3://bucket/0/r1/artifacts/model', runId: 'r1' });
  expect(await text((await openSource().openFile(version, 'MLmodel')).bytes)).toBe('from the store');
});

describe('files come through the registry', () => {
  const refusals: [string, Answer | object][] = [
    ['signs nothing for its store', (_request, response) => json(response, { error_code: 'NOT_IMPLEMENTED' }, 501)],
    ['is too old to sign', (_request, response) => void response.writeHead(404).end('<html>')],
    ['serves no artifacts', (_request, response) => void response.writeHead(503).end('disabled')],
    ['does not let us', (_request, response) => void response.writeHead(403).end('no')],
    ['answers another shape', { address: 'x' }],
    ['signs for its own network only', { url: 'http://127.0.0.1:1/object' }],
    ['signs what is no web address', { url: 'file:///etc/passwd' }],
    ['signs with headers that are none', { url: 'http://127.0.0.1:1/object', headers: { 'x-a': 'b\r\nc: d' } }],
  ];
  test.each(refusals)('which %s, and it is not asked again', async (_what, answer) => {
    const { asked } = registryAnswers({
      ...PROXIED_STORE,
      ...THROUGH_REGISTRY,
      'artifacts/MLmodel': answer,
      'artifacts/b': answer,
    });
    const registry = openSource();
    for (const path of ['MLmodel', 'b']) {
      expect(await text((await registry.openFile(logged, path)).bytes)).toBe('from the registry');
    }
    expect(asked.filter((path) => path.includes('presigned'))).toHaveLength(1);
  });

  test.each([
    ['refuses', 403, {}],
    ['redirects', 302, { location: 'http://127.0.0.1:1/' }],
    ['does not answer well', 503, {}],
  ])('where the store %s', async (_what, status, headers) => {
    store.answer = (_request, response) => void response.writeHead(status, headers).end();
    registryAnswers({ ...PROXIED_STORE, ...THROUGH_REGISTRY, 'artifacts/MLmodel': { url: `${store.url()}/object` } });
    expect(await text((await openSource().openFile(logged, 'MLmodel')).bytes)).toBe('from the registry');
  });

  test('where the address is of another server: it gets no request, and our credentials neither', async () => {
    const { asked } = registryAnswers({
      'get-download-uri': { artifact_uri: `mlflow-artifacts://${new URL(store.url()).host}/0/models/m-1/artifacts` },
      ...THROUGH_REGISTRY,
    });
    store.answer = (_request, response) => void response.end('another server');
    expect(await text((await openSource().openFile(logged, 'MLmodel')).bytes)).toBe('from the registry');
    expect(asked).toHaveLength(2);
  });

  test('when it does not tell where they are', async () => {
    registryAnswers(THROUGH_REGISTRY);
    expect(await text((await openSource().openFile(logged, 'MLmodel')).bytes)).toBe('from the registry');
  });

  test('for the one file that its store does not have', async () => {
    store.answer = fromStore;
    const { asked } = registryAnswers({
      ...PROXIED_STORE,
      ...THROUGH_REGISTRY,
      'artifacts/a': (_request: IncomingMessage, response: ServerResponse) =>
        json(response, { error_code: 'RESOURCE_DOES_NOT_EXIST' }, 404),
      'artifacts/b': { url: `${store.url()}/object` },
    });
    const registry = openSource();
    expect(await text((await registry.openFile(logged, 'a')).bytes)).toBe('from the registry');
    expect(await text((await registry.openFile(logged, 'b')).bytes)).toBe('from the store');
    expect(asked.filter((path) => path.includes('presigned'))).toHaveLength(2);
  });
});

test('a store that worked and then breaks is a fault that passes; a file that changed meanwhile is refused', async () => {
  store.answer = (_request, response) => void response.writeHead(200, { etag: '"a"' }).end('0123456789');
  registryAnswers({ ...PROXIED_STORE, ...THROUGH_REGISTRY, 'artifacts/MLmodel': { url: `${store.url()}/object` } });
  const registry = openSource();
  const { bytes, etag } = await registry.openFile(logged, 'MLmodel');
  expect(await text(bytes)).toBe('0123456789');
  store.answer = (_request, response) => void response.writeHead(503).end();
  await expect(registry.openFile(logged, 'MLmodel', { offset: 4, etag })).rejects.toMatchObject({
    name: 'TransientError',
  });
  store.answer = (_request, response) => void response.writeHead(200, { etag: '"b"' }).end('9876543210');
  await expect(registry.openFile(logged, 'MLmodel', { offset: 4, etag })).rejects.toMatchObject({
    name: 'RefusedError',
    message: expect.stringContaining('changed'),
  });
});

test('a place in S3 that the registry cannot list, and that was not named here, is refused with both ways out', async () => {
  registryAnswers({ 'get-download-uri': { artifact_uri: 's3://bucket/model' } });
  const version = modelVersion({ source: 's3://bucket/model', runId: '' });
  await expect(openSource().listFiles(version)).rejects.toThrow(/log the model again.*mlflow-mlops:artifact-store/);
  expect(await openSource().locate(version)).toBeUndefined();
});
