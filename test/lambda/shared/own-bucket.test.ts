import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CopyObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { withBucketOwner } from '../../../lambda/shared/own-bucket';

let server: Server;
let client: S3Client;
const seen: IncomingHttpHeaders[] = [];

beforeAll(async () => {
  Object.assign(process.env, { ARTIFACT_BUCKET: 'ours', ARTIFACT_BUCKET_OWNER: '111111111111' });
  server = createServer(({ headers }, response) => {
    seen.push(headers);
    response.end('<CopyObjectResult><ETag>e</ETag></CopyObjectResult>');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  client = withBucketOwner(
    new S3Client({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      forcePathStyle: true,
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    }),
  );
});

afterAll(() => {
  client.destroy();
  server.close();
});

test('S3 is told which account must own the artifact bucket', async () => {
  await client.send(new HeadObjectCommand({ Bucket: 'ours', Key: 'k' }));
  await client.send(new CopyObjectCommand({ Bucket: 'ours', Key: 'k', CopySource: 'theirs/k' }));
  expect(seen.splice(0).map((headers) => headers['x-amz-expected-bucket-owner'])).toEqual([
    '111111111111',
    '111111111111',
  ]);
});

test("a registry's own bucket may be in any account", async () => {
  await client.send(new ListObjectsV2Command({ Bucket: 'theirs' }));
  expect(seen.splice(0).map((headers) => headers['x-amz-expected-bucket-owner'])).toEqual([undefined]);
});
