import { PassThrough, type Writable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { RefusedError } from '../../shared/errors';

/** Parts of 8 MiB, three under way: memory stays at some tens of megabytes whatever the archive's size. */
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_UNDER_WAY = 3;
/** S3 takes 10,000 parts (docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html); a tenth of them is kept in hand. */
const PARTS_MAX = 9_000;

/** Where an archive goes. */
export interface ArchiveTarget {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Uploads what `write` puts into its stream. The object appears whole or not at all: when anything fails, the multipart
 * upload is aborted and the error goes to the caller.
 *
 * @param expectedBytes uncompressed size, from which the size of a part follows
 * @param deadline gives the upload up, in time to leave nothing behind
 */
export async function uploadArchive(
  client: S3Client,
  { bucket, key }: ArchiveTarget,
  expectedBytes: number,
  write: (destination: Writable) => Promise<void>,
  deadline?: AbortSignal,
): Promise<void> {
  const body = new PassThrough();
  deadline?.addEventListener('abort', () => {
    body.destroy(
      new RefusedError(`the archive of ${expectedBytes} bytes could not be uploaded in the time that a function has`),
    );
  });
  const upload = new Upload({
    client,
    params: { Bucket: bucket, Key: key, Body: body, ContentType: 'application/gzip' },
    partSize: Math.max(PART_BYTES, Math.ceil(expectedBytes / PARTS_MAX)),
    queueSize: PARTS_UNDER_WAY,
  });
  const [written, uploaded] = await Promise.allSettled([
    write(body).catch(async (error: Error) => {
      body.destroy(error);
      throw error;
    }),
    upload.done().catch((error: Error) => {
      body.destroy(error);
      throw error;
    }),
  ]);
  // The writer's reason comes first: what the upload says then is only its echo.
  if (written.status === 'rejected' && !isEcho(written.reason, uploaded)) {
    throw written.reason;
  }
  if (uploaded.status === 'rejected') {
    throw uploaded.reason;
  }
}

/** An upload that failed by itself destroys the stream, and the writer then fails with that same error. */
function isEcho(reason: unknown, uploaded: PromiseSettledResult<unknown>): boolean {
  return uploaded.status === 'rejected' && uploaded.reason === reason;
}
