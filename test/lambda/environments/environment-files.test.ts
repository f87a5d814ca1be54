import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import { EnvironmentFiles, type WheelSource } from '../../../lambda/environments/environment-files';
import type { EnvironmentSpec } from '../../../lambda/packaging/environment';
import { RefusedError } from '../../../lambda/shared/errors';
import { FakeS3 } from '../../support/fake-s3';

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

const nothing = () => undefined;
/** The SDK warns of each stream that breaks. */
const QUIET = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

let s3: FakeS3;

beforeAll(async () => {
  s3 = await FakeS3.start();
});

afterAll(() => s3.stop());

beforeEach(() => {
  s3.objects.clear();
});

const files = () =>
  new EnvironmentFiles(s3.client({ requestChecksumCalculation: 'WHEN_REQUIRED', logger: QUIET }), 'bucket');
const textOf = (name: string) => String(s3.objects.get(`bucket/environments/${DIGEST}/${name}`)?.bytes);

const wheels = (bytes: Buffer): WheelSource => ({
  files: [{ path: 'code/own.whl', size: bytes.length }],
  open: async () => ({ bytes: Readable.from([bytes.subarray(0, 5), bytes.subarray(5)]), size: bytes.length }),
  stop: new AbortController().signal,
});

test('a build finds the specification, byte for byte what its digest is of, and the wheels', async () => {
  await files().save(WANTED, wheels(WHEEL));
  expect([...s3.objects.keys()]).toHaveLength(2);
  expect(textOf('wheels/own-1-py3-none-any.whl')).toBe(String(WHEEL));
  expect(textOf('spec.json')).not.toMatch(/[ \n]/);
  expect(JSON.parse(textOf('spec.json'))).toEqual(SPEC);
});

test('a wheel that was written again meanwhile is not put there', async () => {
  const other = Buffer.from('other bytes of a wheel');
  await expect(files().save(WANTED, wheels(other))).rejects.toMatchObject({
    name: 'TransientError',
    message: 'the wheel "code/own.whl" changed while it was read',
  });
  expect([...s3.objects.keys()]).toEqual([]);
});

test('a download that breaks for good is the error, and nothing is put there', async () => {
  const open = () => Promise.reject(new RefusedError('refused the credentials (401)'));
  await expect(files().save(WANTED, { ...wheels(WHEEL), open })).rejects.toThrow('refused the credentials (401)');
  expect([...s3.objects.keys()]).toEqual([]);
});

test('a wheel that is gone is named', async () => {
  await expect(files().save(WANTED, { ...wheels(WHEEL), files: [] })).rejects.toThrow('code/own.whl');
});

/** A bucket with this report, or with none. */
function reporting(text: string | undefined): EnvironmentFiles {
  const send = async ({ input }: { input: { Key: string } }) => {
    expect(input).toEqual({ Bucket: 'bucket', Key: `environments/${DIGEST}/result.json` });
    if (text === undefined) {
      throw new NoSuchKey({ message: 'The specified key does not exist.', $metadata: {} });
    }
    return { Body: { transformToString: async () => text } };
  };
  return new EnvironmentFiles({ send } as unknown as S3Client, 'bucket');
}

test.each([
  [{ build: 'p:1', state: 'ready', image: 'sha256:1', imageBytes: 5, packages: ['numpy==2.1.0'] }, { state: 'ready' }],
  [
    { build: 'p:1', state: 'failed', cause: 'import', reason: 'why', fix: '' },
    { state: 'failed', cause: 'import', reason: 'why', fix: '' },
  ],
])('a report is read: %j', async (report, result) => {
  expect(await reporting(JSON.stringify(report)).report(DIGEST)).toEqual({ build: 'p:1', result });
});

test.each([
  '',
  '{',
  '[]',
  '{"state":"ready"}',
  '{"build":"p:1","state":"failed","cause":"other","reason":"","fix":""}',
])('what is no report counts as none: %s', async (text) => {
  expect(await reporting(text).report(DIGEST)).toBeUndefined();
});

test('there may be no report', async () => {
  expect(await reporting(undefined).report(DIGEST)).toBeUndefined();
});
