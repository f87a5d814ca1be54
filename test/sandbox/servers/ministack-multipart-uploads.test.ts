import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { clientConfig } from '../../../sandbox/deploy/clients';
import type { Part } from '../../../sandbox/processes/part';
import { startMiniStack } from './parts';

const TARGET = { Bucket: 'uploads', Key: 'object' };
let ministack: Part;
let s3: S3Client;

beforeAll(async () => {
  ministack = await startMiniStack();
  s3 = new S3Client({ ...clientConfig(ministack.spec.url, '111111111111'), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: TARGET.Bucket }));
}, 400_000);

afterAll(async () => {
  s3?.destroy();
  await ministack?.stop();
});

test('the last page of parts has a marker too, as in S3', async () => {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(TARGET));
  const upload = { ...TARGET, UploadId };
  const list = (PartNumberMarker?: string) =>
    s3.send(new ListPartsCommand({ ...upload, PartNumberMarker, MaxParts: 2 }));
  expect(await list()).toMatchObject({ IsTruncated: false, NextPartNumberMarker: '0' });
  for (const PartNumber of [1, 2, 3]) {
    await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body: 'x' }));
  }
  expect(await list()).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });
  expect(await list('2')).toMatchObject({ IsTruncated: false, NextPartNumberMarker: '3' });
});
