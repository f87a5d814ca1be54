import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type Checkpoint, packArchive } from '../../../lambda/create/archive/pack-archive';
import { TransientError } from '../../../lambda/shared/errors';
import { awsOf } from '../../../sandbox/demo/aws';
import { entriesOf, opener, sampleBytes, streamOf } from '../../support/archive/files';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';

const MIB = 1024 * 1024;
const PART_BYTES = 5 * MIB;
const FILES = { MLmodel: Buffer.from('flavors: {}\n'), 'data/weights.bin': sampleBytes(30 * MIB + 99, 'noise') };
const never = new AbortController().signal;

let s3: S3Client;
let bucket: string;

beforeAll(async () => {
  const { env } = await useSandbox();
  s3 = awsOf(env).s3;
  bucket = env.ARTIFACT_BUCKET;
}, UP_TIMEOUT_MS);

interface Options {
  readonly checkpoint?: Checkpoint;
  /** The weights break for good after so many bytes. */
  readonly breakAfter?: number;
}

function pack(key: string, { checkpoint, breakAfter }: Options = {}) {
  return packArchive({
    entries: entriesOf(FILES),
    open: async (source, position) =>
      source === 'MLmodel' || breakAfter === undefined
        ? opener(FILES)(source, position)
        : {
            bytes: streamOf(
              FILES['data/weights.bin'].subarray(position.offset, breakAfter),
              new TransientError('connection lost'),
            ),
          },
    client: s3,
    target: { bucket, key },
    checkpoint,
    stop: never,
    partBytes: PART_BYTES,
    retries: { fruitless: 1, firstWaitMs: 1 },
  });
}

async function read(key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return buffer(Body as Readable);
}

/** Keys of the objects and of the open uploads below a prefix. */
async function leftovers(prefix: string): Promise<{ objects: string[]; uploads: number }> {
  const [{ Contents }, { Uploads }] = await Promise.all([
    s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix })),
    s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix })),
  ]);
  return {
    objects: (Contents ?? []).map(({ Key = '' }) => Key.slice(prefix.length)),
    uploads: (Uploads ?? []).length,
  };
}

let runs = 0;
function prefixOf(what: string): string {
  runs++;
  return `test/${Date.now()}-${runs}/${what}/`;
}

test('an archive of several parts arrives whole', async () => {
  const prefix = prefixOf('whole');
  expect(await pack(`${prefix}model.tar.gz`)).toEqual({ outcome: 'done' });
  expect(gunzipSync(await read(`${prefix}model.tar.gz`)).includes(FILES['data/weights.bin'])).toBe(true);
  expect(await leftovers(prefix)).toEqual({ objects: ['model.tar.gz'], uploads: 0 });
}, 60_000);

test.each([9, 24])(
  'an upload that broke is continued to the same bytes: after %i MiB',
  async (mebibytes) => {
    const prefix = prefixOf('broken');
    const key = `${prefix}model.tar.gz`;
    const broken = await pack(key, { breakAfter: mebibytes * MIB });
    expect(broken).toMatchObject({ outcome: 'paused', reason: 'connection lost' });
    const checkpoint = JSON.parse(JSON.stringify((broken as { checkpoint: Checkpoint }).checkpoint)) as Checkpoint;
    expect(await pack(key, { checkpoint })).toEqual({ outcome: 'done' });
    const plain = prefixOf('plain');
    await pack(`${plain}model.tar.gz`);
    expect((await read(key)).equals(await read(`${plain}model.tar.gz`))).toBe(true);
    expect(await leftovers(prefix)).toEqual({ objects: ['model.tar.gz'], uploads: 0 });
  },
  60_000,
);

test('a file that is refused leaves no object and no open upload', async () => {
  const prefix = prefixOf('refused');
  const longer = { ...FILES, 'data/weights.bin': Buffer.concat([FILES['data/weights.bin'], Buffer.alloc(1)]) };
  const job = { entries: entriesOf(FILES), open: opener(longer), client: s3, stop: never, partBytes: PART_BYTES };
  const target = { bucket, key: `${prefix}model.tar.gz` };
  await expect(packArchive({ ...job, target })).rejects.toThrow('size mismatch');
  expect(await leftovers(prefix)).toEqual({ objects: [], uploads: 0 });
}, 60_000);

describe('S3 in the sandbox is as strict as S3', () => {
  async function upload(parts: readonly number[], completion: object): Promise<unknown> {
    const target = { Bucket: bucket, Key: `${prefixOf('strict')}object` };
    const begin = { ...target, ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } as const;
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(begin));
    const sent = await Promise.all(
      parts.map(async (size, index) => {
        const part = { PartNumber: index + 1, Body: Buffer.alloc(size), ChecksumAlgorithm: 'CRC32' } as const;
        const { ETag } = await s3.send(new UploadPartCommand({ ...target, UploadId, ...part }));
        return { PartNumber: index + 1, ETag };
      }),
    );
    const end = { ...target, UploadId, MultipartUpload: { Parts: sent }, ChecksumType: 'FULL_OBJECT' } as const;
    return s3.send(new CompleteMultipartUploadCommand({ ...end, ...completion }));
  }

  test('a part below 5 MiB that is not the last is refused', async () => {
    await expect(upload([5 * MIB - 1, 10], {})).rejects.toThrow('smaller than the minimum');
    await upload([5 * MIB, 10], {});
  });

  test('a checksum of the whole that is wrong is refused, and so is a wrong length', async () => {
    await expect(upload([5 * MIB, 10], { ChecksumCRC32: 'AAAAAA==' })).rejects.toThrow('did not match');
    await expect(upload([5 * MIB, 10], { MpuObjectSize: 7 })).rejects.toThrow(/size/);
  });
});
