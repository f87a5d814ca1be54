import { randomBytes } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, ListMultipartUploadsCommand, type S3Client } from '@aws-sdk/client-s3';
import { uploadArchive } from '../../../lambda/create/archive/upload-archive';
import { writeArchive } from '../../../lambda/create/archive/write-archive';
import { awsOf } from '../../../sandbox/demo/aws';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';

const MIB = 1024 * 1024;
let s3: S3Client;
let bucket: string;

beforeAll(async () => {
  const { env } = await useSandbox();
  s3 = awsOf(env).s3;
  bucket = env.ARTIFACT_BUCKET;
}, UP_TIMEOUT_MS);

/** Random bytes, which do not shrink, so that the upload has several parts. */
async function* noise(mebibytes: number, thenFail = false): AsyncGenerator<Buffer> {
  for (let index = 0; index < mebibytes; index++) {
    yield randomBytes(MIB);
  }
  if (thenFail) {
    throw new Error('connection lost');
  }
}

function upload(key: string, size: number, open: () => Promise<Readable>, deadline?: AbortSignal): Promise<void> {
  const write = (destination: Writable) =>
    writeArchive([{ path: 'model/data', size, source: 'data' }], open, destination);
  return uploadArchive(s3, { bucket, key }, size, write, deadline);
}

async function leftovers(key: string): Promise<{ exists: boolean; uploads: number }> {
  const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  const exists = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).then(
    () => true,
    () => false,
  );
  return { exists, uploads: (Uploads ?? []).filter(({ Key }) => Key === key).length };
}

test('an archive of several parts arrives whole', async () => {
  const key = `test/${Date.now()}/whole.tar.gz`;
  await upload(key, 30 * MIB, async () => Readable.from(noise(30)));
  const { ContentLength } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  expect(ContentLength).toBeGreaterThan(30 * MIB);
  expect(await leftovers(key)).toEqual({ exists: true, uploads: 0 });
}, 60_000);

test.each([
  ['breaks after some parts', 30, () => Readable.from(noise(20, true)), 'connection lost'],
  ['is shorter than listed', 30, () => Readable.from(noise(20)), 'Size mismatch'],
  ['is longer than listed', 20, () => Readable.from(noise(30)), 'Size mismatch'],
])(
  'a file that %s leaves no object and no open upload',
  async (what, size, open, reason) => {
    const key = `test/${Date.now()}/${what.replaceAll(' ', '-')}.tar.gz`;
    await expect(upload(key, size * MIB, async () => open())).rejects.toThrow(reason);
    expect(await leftovers(key)).toEqual({ exists: false, uploads: 0 });
  },
  60_000,
);

test('an upload whose time is up is given up, with what to say, and leaves nothing', async () => {
  const key = `test/${Date.now()}/late.tar.gz`;
  const deadline = new AbortController();
  // Some parts are under way when the file stops coming.
  const stalled = new Readable({ read: () => undefined });
  stalled.push(randomBytes(20 * MIB));
  setTimeout(() => deadline.abort(), 500);
  await expect(upload(key, 30 * MIB, async () => stalled, deadline.signal)).rejects.toThrow(
    /31457280 bytes could not be uploaded in the time/,
  );
  expect(await leftovers(key)).toEqual({ exists: false, uploads: 0 });
}, 60_000);
