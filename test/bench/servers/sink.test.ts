import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Server } from '../../../bench/servers/listen';
import { makeCertificates } from '../../../bench/servers/sink/certificates';
import { crc32, encodeCrc32 } from '../../../bench/servers/sink/crc32';
import { PIPE_BUCKET, startSink } from '../../../bench/servers/sink/sink';

const MIB = 1024 * 1024;
const TARGET = { Bucket: 'models', Key: 'a b/ü.tar.gz' };
const PARTS = [Buffer.alloc(5 * MIB, 'first'), Buffer.alloc(1000, 'last')] as const;

let folder: string;
let sink: Server;
let plain: Server;
let agent: Agent;
let client: S3Client;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sink-'));
  const { authority, certificate, key } = makeCertificates(join(folder, 'certificates'));
  sink = await startSink({ cert: readFileSync(certificate), key: readFileSync(key) });
  plain = await startSink();
  agent = new Agent({ ca: readFileSync(authority) });
  client = clientOf(sink.url);
});

afterAll(async () => {
  await Promise.all([sink.close(), plain.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function clientOf(endpoint: string): S3Client {
  return new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    requestHandler: { httpsAgent: agent },
    maxAttempts: 1,
  });
}

async function bytesOf(target: { Bucket: string; Key: string }): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand(target));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

function checksum(...bytes: Buffer[]): string {
  return encodeCrc32(crc32(Buffer.concat(bytes)));
}

async function begin(checksummed: object = { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' }) {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...TARGET, ...checksummed }));
  return { ...TARGET, UploadId };
}

async function withParts(parts: readonly Buffer[]) {
  const upload = await begin();
  const named = [];
  for (const [index, Body] of parts.entries()) {
    const PartNumber = index + 1;
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
    named.push({ PartNumber, ETag });
  }
  return { upload, named };
}

describe('what SDKs send is taken', () => {
  test('lib-storage with all its defaults, over TLS', async () => {
    const body = Buffer.concat(PARTS);
    await new Upload({
      client,
      params: { ...TARGET, Body: Readable.from([body.subarray(0, 99), body.subarray(99)]) },
    }).done();
    expect((await bytesOf(TARGET)).equals(body)).toBe(true);
  });

  test('a stream in chunks with a trailing checksum', async () => {
    const Body = Readable.from([Buffer.alloc(70_000, 'x'), Buffer.alloc(3, 'y')]);
    await client.send(new PutObjectCommand({ ...TARGET, Body, ContentLength: 70_003 }));
    expect(await bytesOf(TARGET)).toHaveLength(70_003);
    expect((await client.send(new HeadObjectCommand(TARGET))).ContentLength).toBe(70_003);
  });

  test('an object of one checksum, whose parts are listed', async () => {
    const { upload, named } = await withParts(PARTS);
    const { Parts, IsTruncated, NextPartNumberMarker } = await client.send(new ListPartsCommand(upload));
    // S3 sends a marker with the last page too.
    expect([IsTruncated, NextPartNumberMarker]).toEqual([false, '2']);
    expect(Parts?.map(({ PartNumber, Size, ETag }) => ({ PartNumber, Size, ETag }))).toEqual(
      named.map((part, index) => ({ ...part, Size: PARTS[index]?.length })),
    );
    await client.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: { Parts: named },
        ChecksumCRC32: checksum(...PARTS),
        MpuObjectSize: 5 * MIB + 1000,
      }),
    );
    expect((await bytesOf(TARGET)).equals(Buffer.concat(PARTS))).toBe(true);
  });

  test('a pipe of unknown length into its own bucket, and into no other', async () => {
    const put = (bucket: string) =>
      fetch(`${plain.url}/${bucket}/x`, {
        method: 'PUT',
        body: new Blob(['abc']).stream(),
        duplex: 'half',
      } as RequestInit);
    expect((await put(PIPE_BUCKET)).status).toBe(200);
    const refused = await put('models');
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('<Code>AccessDenied</Code>')]);
  });
});

describe('what S3 refuses is refused', () => {
  async function complete(
    parts: readonly Buffer[],
    change: (named: { PartNumber: number; ETag?: string }[]) => void,
    whole: object = {},
  ) {
    const { upload, named } = await withParts(parts);
    change(named as { PartNumber: number; ETag?: string }[]);
    return client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: named }, ...whole }));
  }
  const asTheyAre = () => undefined;

  test('a part that is too small', async () => {
    await expect(complete([...PARTS].reverse(), asTheyAre)).rejects.toMatchObject({ name: 'EntityTooSmall' });
  });

  test('parts that are not in order', async () => {
    await expect(complete(PARTS, (named) => named.reverse())).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  });

  test('a part that was not uploaded', async () => {
    const other = (named: { ETag?: string }[]) => void Object.assign(named[1] ?? {}, { ETag: '"0"' });
    await expect(complete(PARTS, other)).rejects.toMatchObject({ name: 'InvalidPart' });
  });

  test('a checksum of other bytes', async () => {
    const whole = { ChecksumCRC32: checksum(PARTS[0]) };
    await expect(complete(PARTS, asTheyAre, whole)).rejects.toMatchObject({ name: 'BadDigest' });
    const put = new PutObjectCommand({ ...TARGET, Body: PARTS[1], ChecksumCRC32: checksum(PARTS[0]) });
    await expect(client.send(put)).rejects.toMatchObject({ name: 'BadDigest' });
  });

  test('a size of other bytes', async () => {
    await expect(complete(PARTS, asTheyAre, { MpuObjectSize: 1 })).rejects.toMatchObject({ name: 'InvalidRequest' });
  });

  test('a part that is checksummed otherwise than the upload', async () => {
    const upload = await begin({});
    const part = new UploadPartCommand({ ...upload, PartNumber: 1, Body: PARTS[1], ChecksumCRC32: checksum(PARTS[1]) });
    await expect(client.send(part)).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining('expected checksum Type: null, actual checksum Type: crc32'),
    });
  });

  test('a completion that wants no object there, where there is one', async () => {
    await client.send(new PutObjectCommand({ ...TARGET, Body: 'x' }));
    await expect(complete(PARTS, asTheyAre, { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    });
    await expect(complete(PARTS, asTheyAre, { IfNoneMatch: '"tag"' })).rejects.toMatchObject({
      name: 'NotImplemented',
    });
  });

  test('a completion that wants no object there, where one is deleted at the same time', async () => {
    const { upload, named } = await withParts(PARTS);
    await client.send(new PutObjectCommand({ ...TARGET, Body: 'x' }));
    const completing = new CompleteMultipartUploadCommand({
      ...upload,
      MultipartUpload: { Parts: named },
      IfNoneMatch: '*',
    });
    // The request has begun, and its body comes after the deletion.
    completing.middlewareStack.add(
      (next) => (args) => {
        const sent = args.request as { body: unknown };
        const body = String(sent.body);
        sent.body = Readable.from(
          (async function* () {
            yield body.slice(0, 1);
            await client.send(new DeleteObjectCommand(TARGET));
            yield body.slice(1);
          })(),
        );
        return next(args);
      },
      { step: 'deserialize' },
    );
    await expect(client.send(completing)).rejects.toMatchObject({
      name: 'ConditionalRequestConflict',
      $metadata: { httpStatusCode: 409 },
    });
  });

  test('an upload that was aborted', async () => {
    const upload = await begin();
    await client.send(new AbortMultipartUploadCommand(upload));
    const part = new UploadPartCommand({ ...upload, PartNumber: 1, Body: PARTS[1] });
    await expect(client.send(part)).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test.each([
    [
      'a hash of other bytes',
      { 'x-amz-content-sha256': createHash('sha256').update('b').digest('hex') },
      'XAmzContentSHA256Mismatch',
    ],
    ['no word on the payload', {}, 'InvalidRequest'],
    ['another checksum', { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'x-amz-checksum-sha1': 'x' }, 'NotImplemented'],
    [
      'a trailer that does not come',
      { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'x-amz-trailer': 'x-amz-checksum-crc32' },
      'MalformedTrailerError',
    ],
  ])('%s', async (_what, headers, code) => {
    const answer = await fetch(`${plain.url}/models/x`, {
      method: 'PUT',
      body: 'a',
      headers: { authorization: 'x', ...headers },
    });
    expect(await answer.text()).toContain(`<Code>${code}</Code>`);
  });
});
