import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { withSlicedBodies, withUnsignedPayload } from '../../../lambda/create/archive/upload/archive-client';
import { startStrictS3 } from './strict-s3';

/** A server that takes objects as strictly as S3 does, for the tests of one file. */
export interface TestSink {
  readonly client: S3Client;
  readonly bucket: string;
  /** An object's bytes; undefined where there is none. */
  read(key: string): Promise<Buffer | undefined>;
  /** Keys of uploads that were begun, and neither completed nor aborted, by their ids. */
  readonly uploads: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

/** @param partBytesMin smaller parts than S3's own make a test faster */
export async function startTestSink(partBytesMin?: number): Promise<TestSink> {
  const server = await startStrictS3({ partBytesMin });
  const plain = new S3Client({
    endpoint: server.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const client = withSlicedBodies(withUnsignedPayload(plain));
  const uploads = watchUploads(client);
  return {
    client,
    uploads,
    bucket: 'archives',
    read: async (key) => {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: 'archives', Key: key }));
        return await buffer(Body as Readable);
      } catch (error) {
        if ((error as Error).name === 'NoSuchKey') {
          return undefined;
        }
        throw error;
      }
    },
    close: async () => {
      client.destroy();
      await server.close();
    },
  };
}

/** Keys of uploads that a client has begun, and neither completed nor aborted, by their ids. */
export function watchUploads(client: S3Client): ReadonlyMap<string, string> {
  const uploads = new Map<string, string>();
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        const { Key = '', UploadId = '' } = args.input as { Key?: string; UploadId?: string };
        if (commandName === 'CreateMultipartUploadCommand') {
          uploads.set((result.output as { UploadId?: string }).UploadId ?? '', Key);
        } else if (commandName === 'CompleteMultipartUploadCommand' || commandName === 'AbortMultipartUploadCommand') {
          uploads.delete(UploadId);
        }
        return result;
      },
    { step: 'initialize' },
  );
  return uploads;
}

/** A client whose requests are seen before they are sent, by the names of their commands; what is thrown then keeps one from being sent. */
export function watched(client: S3Client, see: (command: string, input: Record<string, unknown>) => void): S3Client {
  return Object.assign(Object.create(client) as S3Client, {
    send: async (command: { input: Record<string, unknown> }) => {
      see(command.constructor.name, command.input);
      return client.send(command as never);
    },
  });
}
