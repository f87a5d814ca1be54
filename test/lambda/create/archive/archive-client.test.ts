import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { archiveClient } from '../../../../lambda/create/archive/upload/archive-client';
import { withUnsignedPayload } from '../../../../lambda/create/archive/upload/unsigned-payload';

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
