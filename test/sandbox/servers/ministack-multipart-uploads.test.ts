import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { clientConfig } from '../../../sandbox/deploy/clients';
import type { Part } from '../../../sandbox/processes/part';
import { startMiniStack } from './parts';

const MIB = 1024 * 1024;
let ministack: Part;
let s3: S3Client;
let keys = 0;

beforeAll(async () => {
  ministack = await startMiniStack();
  s3 = new S3Client({ ...clientConfig(ministack.spec.url, '111111111111'), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'uploads' }));
}, 400_000);

afterAll(async () => {
  s3?.destroy();
  await ministack?.stop();
});

/** Uploads an object whose parts have these sizes, to its own key by default. */
async function upload(sizes: readonly number[], completion: object = {}, Key = `object-${++keys}`): Promise<unknown> {
  const checksums = { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } as const;
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: 'uploads', Key, ...checksums }));
  const target = { Bucket: 'uploads', Key, UploadId };
  const Parts = await Promise.all(
    sizes.map(async (size, index) => {
      const part = { PartNumber: index + 1, Body: Buffer.alloc(size), ChecksumAlgorithm: 'CRC32' } as const;
      const { ETag } = await s3.send(new UploadPartCommand({ ...target, ...part }));
      return { PartNumber: index + 1, ETag };
    }),
  );
  const end = { ...target, MultipartUpload: { Parts }, ChecksumType: 'FULL_OBJECT' } as const;
  return s3.send(new CompleteMultipartUploadCommand({ ...end, ...completion }));
}

test('a part below 5 MiB that is not the last is refused', async () => {
  await expect(upload([5 * MIB - 1, 10])).rejects.toThrow('smaller than the minimum');
  await upload([5 * MIB, 10]);
});

test('a wrong checksum of the whole is refused, and so is a wrong length', async () => {
  await expect(upload([5 * MIB, 10], { ChecksumCRC32: 'AAAAAA==' })).rejects.toThrow('did not match');
  await expect(upload([5 * MIB, 10], { MpuObjectSize: 7 })).rejects.toThrow(/size/);
});

test('the second of two uploads that want no object there is refused', async () => {
  await upload([10], { IfNoneMatch: '*' }, 'once');
  await expect(upload([10], { IfNoneMatch: '*' }, 'once')).rejects.toMatchObject({ name: 'PreconditionFailed' });
});

test('the last page of parts has a marker too, as in S3', async () => {
  const target = { Bucket: 'uploads', Key: 'pages' };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
  const list = (PartNumberMarker?: string) =>
    s3.send(new ListPartsCommand({ ...target, UploadId, PartNumberMarker, MaxParts: 2 }));
  expect(await list()).toMatchObject({ IsTruncated: false, NextPartNumberMarker: '0' });
  for (const PartNumber of [1, 2, 3]) {
    await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body: 'x' }));
  }
  expect(await list()).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });
  expect(await list('2')).toMatchObject({ IsTruncated: false, NextPartNumberMarker: '3' });
});
