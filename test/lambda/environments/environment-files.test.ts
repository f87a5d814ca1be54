import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { S3Client } from '@aws-sdk/client-s3';
import { EnvironmentFiles, type WheelSource } from '../../../lambda/environments/environment-files';
import type { EnvironmentSpec } from '../../../lambda/packaging/environment';

const DIGEST = '3f2a1b2c'.repeat(4);
const WHEEL = Buffer.from('the bytes of a wheel');
const SPEC: EnvironmentSpec = {
  ...{ recipe: '1', python: '3.11', mlflow: '2.19.0', packages: ['./wheels/own-1-py3-none-any.whl'], constraints: [] },
  ...{ overrides: [], indexes: [], before: null },
  wheels: { 'own-1-py3-none-any.whl': createHash('sha256').update(WHEEL).digest('hex') },
};
const WANTED = {
  spec: SPEC,
  digest: DIGEST,
  wheelSources: [{ file: 'own-1-py3-none-any.whl', source: 'code/own.whl' }],
};

let objects: Map<string, Buffer>;

beforeEach(() => {
  objects = new Map();
});

/** As much of S3 as is used. An object appears once its body was read to its end. */
const client = {
  send: async ({ constructor: { name }, input }: { constructor: { name: string }; input: Record<string, unknown> }) => {
    const { Bucket, Key, Body, ContentLength } = input;
    expect(Bucket ?? (input.Delete ? Bucket : undefined)).toBe('bucket');
    switch (name) {
      case 'PutObjectCommand': {
        const bytes = Body instanceof Readable ? await buffer(Body) : Buffer.from(String(Body));
        if (ContentLength !== undefined) {
          expect(bytes.length).toBe(ContentLength);
        }
        objects.set(String(Key), bytes);
        return {};
      }
      case 'GetObjectCommand': {
        const bytes = objects.get(String(Key));
        if (bytes === undefined) {
          throw Object.assign(new Error('The specified key does not exist.'), { name: 'NoSuchKey' });
        }
        return { Body: { transformToString: async () => bytes.toString() } };
      }
      default:
        throw new Error(`${name} is not known here`);
    }
  },
} as unknown as S3Client;

const files = new EnvironmentFiles(client, 'bucket');
const wheels = (bytes: Buffer): WheelSource => ({
  files: [{ path: 'code/own.whl', size: bytes.length }],
  open: async () => ({ bytes: Readable.from([bytes.subarray(0, 5), bytes.subarray(5)]), size: bytes.length }),
  stop: new AbortController().signal,
});

test('a build finds the specification, byte for byte what its digest is of, and the wheels', async () => {
  await files.save(WANTED, wheels(WHEEL));
  expect([...objects.keys()]).toEqual([
    `environments/${DIGEST}/wheels/own-1-py3-none-any.whl`,
    `environments/${DIGEST}/spec.json`,
  ]);
  expect(objects.get(`environments/${DIGEST}/wheels/own-1-py3-none-any.whl`)).toEqual(WHEEL);
  const text = String(objects.get(`environments/${DIGEST}/spec.json`));
  expect(text).not.toMatch(/[ \n]/);
  expect(JSON.parse(text)).toEqual(SPEC);
});

test('a wheel that was written again meanwhile is not put there', async () => {
  const other = Buffer.from('other bytes of a wheel');
  await expect(files.save(WANTED, wheels(other))).rejects.toMatchObject({ name: 'TransientError' });
  expect(objects.size).toBe(0);
});

test('a wheel that is gone is named', async () => {
  await expect(files.save(WANTED, { ...wheels(WHEEL), files: [] })).rejects.toThrow('code/own.whl');
});

const key = `environments/${DIGEST}/result.json`;

test.each([
  [{ build: 'p:1', state: 'ready', image: 'sha256:1', imageBytes: 5, packages: ['numpy==2.1.0'] }, { state: 'ready' }],
  [
    { build: 'p:1', state: 'failed', cause: 'import', reason: 'why', fix: '' },
    { state: 'failed', cause: 'import', reason: 'why', fix: '' },
  ],
])('a report is read: %j', async (report, result) => {
  objects.set(key, Buffer.from(JSON.stringify(report)));
  expect(await files.report(DIGEST)).toEqual({ build: 'p:1', result });
});

test.each([
  '',
  '{',
  '[]',
  '{"state":"ready"}',
  '{"build":"p:1","state":"failed","cause":"other","reason":"","fix":""}',
])('what is no report counts as none: %s', async (text) => {
  objects.set(key, Buffer.from(text));
  expect(await files.report(DIGEST)).toBeUndefined();
});

test('there may be no report', async () => {
  expect(await files.report(DIGEST)).toBeUndefined();
});
