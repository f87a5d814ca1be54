import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  archiveClient,
  withSlicedBodies,
  withUnsignedPayload,
} from '../../../../lambda/create/archive/upload/archive-client';
import { sampleBytes } from '../../../support/archive/files';

interface Request {
  readonly headers: Readonly<Record<string, string>>;
}

/** The headers that an object is sent with. */
async function headersOf(endpoint: string): Promise<Request['headers']> {
  let sent: Request | undefined;
  const client = withUnsignedPayload(
    new S3Client({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      requestHandler: {
        handle: async (request: Request) => {
          sent = request;
          throw new Error('not sent');
        },
      },
    }),
  );
  await expect(client.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'bytes' }))).rejects.toThrow('not sent');
  return sent?.headers ?? {};
}

test('a body is left out of the signature where TLS guards it, and nowhere else', async () => {
  expect(await headersOf('https://s3.example.com')).toMatchObject({
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    authorization: expect.stringMatching(/./),
  });
  expect((await headersOf('http://s3.example.com'))['x-amz-content-sha256']).toMatch(/^[0-9a-f]{64}$/);
});

test('an archive is checked by the checksums that it comes with, and sent again where that fails', async () => {
  const { config } = archiveClient();
  expect(await config.requestChecksumCalculation()).toBe('WHEN_REQUIRED');
  expect(await config.maxAttempts()).toBe(6);
});

test('a body is handed to its connection in slices, whole at each try', async () => {
  const body = sampleBytes(200_000, 'noise');
  const tries: Buffer[][] = [];
  const client = withSlicedBodies(
    new S3Client({
      endpoint: 'https://s3.example.com',
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 2,
      requestHandler: {
        handle: async (request: { body: AsyncIterable<Buffer> }) => {
          const slices: Buffer[] = [];
          for await (const slice of request.body) {
            slices.push(slice);
          }
          tries.push(slices);
          throw Object.assign(new Error('connection lost'), { name: 'TimeoutError' });
        },
      },
    }),
  );
  const sent = client.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: body }));
  await expect(sent).rejects.toThrow('connection lost');
  expect(tries.map((slices) => slices.map(({ length }) => length))).toEqual(
    Array(2).fill([65_536, 65_536, 65_536, 3_392]),
  );
  expect(tries.every((slices) => Buffer.concat(slices).equals(body))).toBe(true);
});
