import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { checksumHeader } from '../../../../lambda/create/archive/upload/multipart';
import { startTestSink, type TestSink } from '../../../support/archive/sink';

/* The fake S3 of these tests and of the benchmark rejects what S3 rejects: a test that passes with it says something about S3. */

const MIB = 1024 * 1024;
const TARGET = { Bucket: 'archives', Key: 'a b/ü.tar.gz' };
const PARTS = [Buffer.alloc(5 * MIB, 'first'), Buffer.alloc(1000, 'last')] as const;

let sink: TestSink;
beforeAll(async () => {
  sink = await startTestSink();
});
afterAll(() => sink.close());

const checksum = (...bytes: Buffer[]) => checksumHeader(crc32(Buffer.concat(bytes)));

async function begin(checksummed: object = { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' }) {
  const { UploadId } = await sink.client.send(new CreateMultipartUploadCommand({ ...TARGET, ...checksummed } as never));
  return { ...TARGET, UploadId };
}

async function complete(parts: readonly Buffer[], change: (named: { ETag?: string }[]) => void, whole: object = {}) {
  const upload = await begin();
  const named: { PartNumber: number; ETag?: string }[] = [];
  for (const [index, Body] of parts.entries()) {
    const part = { ...upload, PartNumber: index + 1, Body, ChecksumCRC32: checksum(Body) };
    const { ETag = '' } = await sink.client.send(new UploadPartCommand(part));
    named.push({ PartNumber: index + 1, ETag });
  }
  change(named);
  return sink.client.send(
    new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: named }, ...whole }),
  );
}

const unchanged = () => undefined;

test('takes an upload with one checksum, and one of lib-storage', async () => {
  const body = Buffer.concat(PARTS);
  await complete(PARTS, unchanged, { ChecksumCRC32: checksum(body), MpuObjectSize: body.length });
  expect((await sink.read(TARGET.Key))?.equals(body)).toBe(true);
  await new Upload({ client: sink.client, params: { ...TARGET, Key: 'other', Body: body } }).done();
  expect((await sink.read('other'))?.equals(body)).toBe(true);
});

test.each<[string, string, () => Promise<unknown>]>([
  ['a part that is too small', 'EntityTooSmall', () => complete([...PARTS].reverse(), unchanged)],
  ['parts that are not in order', 'InvalidPartOrder', () => complete([PARTS[0], PARTS[0]], (named) => named.reverse())],
  [
    'an unknown part',
    'InvalidPart',
    () => complete(PARTS, (named) => void Object.assign(named[1] ?? {}, { ETag: '"0"' })),
  ],
  ['a checksum of other bytes', 'BadDigest', () => complete(PARTS, unchanged, { ChecksumCRC32: checksum(PARTS[0]) })],
  [
    'a completion where the object exists',
    'PreconditionFailed',
    () => complete(PARTS, unchanged, { IfNoneMatch: '*' }),
  ],
  ['a condition of another kind', 'NotImplemented', () => complete(PARTS, unchanged, { IfNoneMatch: '"tag"' })],
  ['a wrong size', 'InvalidRequest', () => complete(PARTS, unchanged, { MpuObjectSize: 1 })],
  [
    'an object with a checksum of other bytes',
    'BadDigest',
    () => sink.client.send(new PutObjectCommand({ ...TARGET, Body: PARTS[1], ChecksumCRC32: checksum(PARTS[0]) })),
  ],
  [
    'a part with a checksum in an upload without one',
    'InvalidRequest',
    async () => {
      const part = { ...(await begin({})), PartNumber: 1, Body: PARTS[1], ChecksumCRC32: checksum(PARTS[1]) };
      return sink.client.send(new UploadPartCommand(part));
    },
  ],
  [
    'a part of an aborted upload',
    'NoSuchUpload',
    async () => {
      const upload = await begin();
      await sink.client.send(new AbortMultipartUploadCommand(upload));
      return sink.client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: PARTS[1] }));
    },
  ],
])('rejects %s', async (_what, name, send) => {
  await expect(send()).rejects.toMatchObject({ name });
});

test('rejects a body that does not have the hash of its signature, and a request without signature', async () => {
  const { hostname, port } = (await sink.client.config.endpoint?.()) ?? {};
  const put = async (headers: Record<string, string>) =>
    (await fetch(`http://${hostname}:${port}/archives/x`, { method: 'PUT', body: 'a', headers })).text();
  const hash = createHash('sha256').update('b').digest('hex');
  expect(await put({ authorization: 'x', 'x-amz-content-sha256': hash })).toContain('XAmzContentSHA256Mismatch');
  expect(await put({})).toContain('AccessDenied');
});

test('rejects a conditional completion while the object is deleted', async () => {
  const upload = await begin();
  const part = { ...upload, PartNumber: 1, Body: PARTS[1], ChecksumCRC32: checksum(PARTS[1]) };
  const { ETag } = await sink.client.send(new UploadPartCommand(part));
  await sink.client.send(new PutObjectCommand({ ...TARGET, Body: 'x' }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  const completing = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload, IfNoneMatch: '*' });
  // The request has begun, and its body comes after the deletion.
  completing.middlewareStack.add(
    (next) => (args) => {
      const sent = args.request as { body: unknown };
      const body = String(sent.body);
      sent.body = Readable.from(
        (async function* () {
          yield body.slice(0, 1);
          await sink.client.send(new DeleteObjectCommand(TARGET));
          yield body.slice(1);
        })(),
      );
      return next(args);
    },
    { step: 'deserialize' },
  );
  await expect(sink.client.send(completing)).rejects.toMatchObject({ name: 'ConditionalRequestConflict' });
});
