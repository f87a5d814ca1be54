import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { S3Client } from '@aws-sdk/client-s3';
import { ArtifactStore } from '../../../../lambda/shared/registry/artifact-store';
import { connectRegistry } from '../../../../lambda/shared/registry/connect';
import { parseS3Uri, parseStorePlace } from '../../../../lambda/shared/registry/s3-location';
import { json, startFakeServer } from '../../../support/fake-server';
import { modelVersion } from '../../../support/versions';

const s3 = startFakeServer();
const mlflow = startFakeServer();
const FOLDER = { bucket: 'artifacts', prefix: 'mlflow/0/m-1/' };

function store(place = 's3://artifacts/mlflow', idleMs?: number): ArtifactStore {
  const client = new S3Client({
    endpoint: s3.url(),
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    maxAttempts: 1,
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return new ArtifactStore(client, parseStorePlace(place), idleMs);
}

const xml = (response: ServerResponse, body: string, status = 200) =>
  void response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?>${body}`);
const refuse = (response: ServerResponse, status: number, code: string, more = '') =>
  xml(response, `<Error><Code>${code}</Code><Message>no</Message>${more}</Error>`, status);

describe('the place', () => {
  test.each([
    ['s3://artifacts/mlflow/0/m-1', FOLDER],
    ['s3://artifacts/mlflow/0/m-1/', FOLDER],
    ['s3://artifacts/mlflow', { bucket: 'artifacts', prefix: 'mlflow/' }],
    ['s3://artifacts/mlflow/a b/ü?#%20', { bucket: 'artifacts', prefix: 'mlflow/a b/ü?#%20/' }],
    ['s3://artifacts/mlflow-other/0/m-1', undefined],
    ['s3://artifacts/', undefined],
    ['s3://artifacts', undefined],
    ['s3://artifacts-other/mlflow/0/m-1', undefined],
    ['s3://Artifacts/mlflow/0/m-1', undefined],
    ['S3://artifacts/mlflow/0/m-1', undefined],
    ['s3a://artifacts/mlflow/0/m-1', undefined],
    ['https://artifacts.s3.amazonaws.com/mlflow/0/m-1', undefined],
    ['mlflow-artifacts:/mlflow/0/m-1', undefined],
  ])('has %s, or not', (uri, location) => {
    expect(store().locate(uri)).toEqual(location);
  });

  test('may be a whole bucket, of which a version is a folder', () => {
    expect(store('s3://artifacts').locate('s3://artifacts/any/folder')).toEqual({
      bucket: 'artifacts',
      prefix: 'any/folder/',
    });
    expect(store('s3://artifacts/').locate('s3://artifacts/')).toBeUndefined();
    expect(parseS3Uri('s3://artifacts')).toBeUndefined();
    expect(() => parseStorePlace('artifacts/mlflow')).toThrow('ARTIFACT_STORE ("artifacts/mlflow")');
  });
});

test('a folder is listed over all pages, without what marks folders, with its entity tags', async () => {
  const entry = (key: string, size: number) =>
    `<Contents><Key>${key}</Key><Size>${size}</Size><ETag>"tag-${size}"</ETag></Contents>`;
  s3.answer = (_request, response, url) => {
    expect([url.pathname, url.searchParams.get('prefix')]).toEqual(['/artifacts/', FOLDER.prefix]);
    const first = !url.searchParams.has('continuation-token');
    const entries = first
      ? [entry('mlflow/0/m-1/', 0), entry('mlflow/0/m-1/code/a b.py', 5), entry('mlflow/0/m-1/code/', 0)]
      : [entry('mlflow/0/m-1/MLmodel', 3)];
    const more = first ? '<IsTruncated>true</IsTruncated><NextContinuationToken>n</NextContinuationToken>' : '';
    xml(response, `<ListBucketResult>${entries.join('')}${more}</ListBucketResult>`);
  };
  expect(await store().list(FOLDER)).toEqual([
    { path: 'MLmodel', size: 3, checksum: 'etag:"tag-3"' },
    { path: 'code/a b.py', size: 5, checksum: 'etag:"tag-5"' },
  ]);
});

test.each([
  ['files', (page: number, index: number) => `${page}/${index}`, 10_000],
  // Every other key marks a folder: neither kind alone is more than a model may have.
  ['names', (page: number, index: number) => `${page}/${index}/${'x'.repeat(1_000)}${'/'.repeat(index % 2)}`, 1_500],
])(
  'a folder of more %s than any model has is not read to its end',
  async (_what, keyOf, perPage) => {
    let pages = 0;
    s3.answer = (_request, response) => {
      const page = pages++;
      const keys = Array.from({ length: perPage }, (_, index) => `mlflow/0/m-1/${keyOf(page, index)}`);
      const contents = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
      xml(
        response,
        `<ListBucketResult>${contents}<IsTruncated>${page < 29}</IsTruncated><NextContinuationToken>n${page}</NextContinuationToken></ListBucketResult>`,
      );
    };
    await expect(store().list(FOLDER)).rejects.toMatchObject({
      name: 'RefusedError',
      message: expect.stringMatching(/250000 files or 33554432 characters/),
    });
    expect(pages).toBeLessThan(30);
  },
  60_000,
);

test('a file is read from a position on, and only as it was', async () => {
  s3.answer = (request, response, url) => {
    expect(decodeURIComponent(url.pathname)).toBe('/artifacts/mlflow/0/m-1/code/a b+ü.py');
    const { range, 'if-match': tag } = request.headers;
    if (range === undefined) {
      response.writeHead(200, { etag: '"a"' }).end('0123456789');
    } else {
      expect([range, tag]).toEqual(['bytes=4-', '"a"']);
      response.writeHead(206, { etag: '"a"', 'content-range': 'bytes 4-9/10' }).end('456789');
    }
  };
  const { bytes, etag } = await store().open(FOLDER, 'code/a b+ü.py');
  expect(await text(bytes)).toBe('0123456789');
  expect(await text((await store().open(FOLDER, 'code/a b+ü.py', { offset: 4, etag })).bytes)).toBe('456789');
});

test.each([
  [403, 'AccessDenied', 'RefusedError', /policies.*kmsKeyArn of the context mlflow-mlops:artifact-store/],
  [404, 'NoSuchKey', 'RefusedError', /does not exist/],
  [412, 'PreconditionFailed', 'RefusedError', /changed while it was read/],
  [416, 'InvalidRange', 'RefusedError', /has fewer bytes/],
  [400, 'KMS.DisabledException', 'RefusedError', /KMS.DisabledException/],
  [503, 'SlowDown', 'TransientError', /cannot be read now/],
  [500, 'InternalError', 'TransientError', /cannot be read now/],
])('what S3 refuses by %s %s is a %s', async (status, code, name, message) => {
  s3.answer = (_request, response) => refuse(response, status, code);
  const position = { offset: 4, etag: '"a"' };
  await expect(store().open(FOLDER, 'MLmodel', position)).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
  await expect(store().list(FOLDER)).rejects.toMatchObject({ name });
});

test('a position at the end of a file has no bytes left', async () => {
  s3.answer = (_request, response) =>
    refuse(
      response,
      416,
      'InvalidRange',
      '<ActualObjectSize>4</ActualObjectSize><RangeRequested>bytes=4-</RangeRequested>',
    );
  expect(await text((await store().open(FOLDER, 'MLmodel', { offset: 4, etag: '"a"' })).bytes)).toBe('');
  await expect(store().open(FOLDER, 'MLmodel', { offset: 5 })).rejects.toThrow('has fewer bytes');
});

test('another range than the one asked for is refused', async () => {
  s3.answer = (_request, response) => void response.writeHead(200, { etag: '"a"' }).end('0123456789');
  await expect(store().open(FOLDER, 'MLmodel', { offset: 4 })).rejects.toThrow('bytes from 4 on');
});

test('a file that breaks off or falls silent is a fault that passes', async () => {
  s3.answer = (_request, response) => {
    response.writeHead(200, { 'content-length': 10 });
    response.write('0123', () => setImmediate(() => response.destroy()));
  };
  const broken = await store().open(FOLDER, 'MLmodel');
  await expect(text(broken.bytes)).rejects.toMatchObject({ name: 'TransientError' });
  s3.answer = (_request, response) => {
    response.writeHead(200, { 'content-length': 10 });
    response.write('0123');
  };
  const silent = await store('s3://artifacts/mlflow', 50).open(FOLDER, 'MLmodel');
  await expect(text(silent.bytes)).rejects.toMatchObject({ name: 'TransientError' });
});

describe("a registry's files in S3", () => {
  const secret = () => JSON.stringify({ MLFLOW_TRACKING_URI: mlflow.url(), MLFLOW_TRACKING_TOKEN: 't0ken' });
  const asked: string[] = [];
  beforeEach(() => {
    asked.length = 0;
    s3.answer = (_request, response, url) =>
      url.searchParams.has('list-type')
        ? xml(
            response,
            '<ListBucketResult><Contents><Key>mlflow/0/r1/artifacts/model/MLmodel</Key><Size>7</Size><ETag>"a"</ETag></Contents></ListBucketResult>',
          )
        : void response.writeHead(200, { etag: '"a"' }).end('from S3');
  });
  const mlflowSays = (uri: string) => {
    mlflow.answer = (_request, response, url) => {
      asked.push(url.pathname);
      if (url.pathname.endsWith('/get-download-uri')) {
        return json(response, { artifact_uri: uri });
      }
      if (url.pathname.endsWith('/runs/get')) {
        return json(response, { run: { info: { artifact_uri: 's3://artifacts/mlflow/0/r1/artifacts' } } });
      }
      if (url.pathname.endsWith('/logged-models/m-1')) {
        return json(response, { model: { info: { artifact_uri: 's3://artifacts/mlflow/0/r1/artifacts/model' } } });
      }
      return url.pathname.endsWith('/artifacts/list')
        ? json(response, { files: [{ path: 'model/MLmodel', is_dir: false, file_size: 17 }] })
        : void response.end('from the registry');
    };
  };

  test.each([
    ['models:/m-1', 's3://artifacts/mlflow/0/r1/artifacts/model', 1],
    ['runs:/r1/model', 'runs:/r1/model', 2],
    ['models:/other/1', 'models:/m-1', 2],
    ['s3://artifacts/mlflow/0/r1/artifacts/model', 's3://artifacts/mlflow/0/r1/artifacts/model', 1],
  ])(
    'of the source %s are read there, and the registry is asked where they are only once',
    async (source, uri, calls) => {
      mlflowSays(uri);
      const registry = connectRegistry(secret(), store());
      const version = modelVersion({ source, runId: 'r1' });
      expect(await registry.listFiles(version)).toEqual([{ path: 'MLmodel', size: 7, checksum: 'etag:"a"' }]);
      expect(await text((await registry.openFile(version, 'MLmodel')).bytes)).toBe('from S3');
      expect(await registry.locate(version)).toEqual({ bucket: 'artifacts', prefix: 'mlflow/0/r1/artifacts/model/' });
      expect(asked).toHaveLength(calls);
    },
  );

  test('outside the place that was named are read through the registry', async () => {
    mlflowSays('runs:/r1/model');
    s3.answer = (_request, response) => refuse(response, 500, 'NobodyShouldAsk');
    const registry = connectRegistry(secret(), store('s3://artifacts/another'));
    const version = modelVersion({ source: 'runs:/r1/model', runId: 'r1' });
    expect(await registry.locate(version)).toBeUndefined();
    expect(await registry.listFiles(version)).toEqual([{ path: 'MLmodel', size: 17 }]);
    expect(await text((await registry.openFile(version, 'MLmodel')).bytes)).toBe('from the registry');
  });
});
