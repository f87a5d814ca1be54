import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Packed, type PackJob, packArchive } from './pack-archive';
import type { ObjectTarget } from './upload/multipart';

/** An archive that is in S3, and whether it was there before. */
export type Ensured = Packed | { readonly outcome: 'found' };

/**
 * Packs an archive unless it is in S3 already: its key says what it holds, and it appears whole or not at all.
 *
 * @throws what {@link packArchive} throws
 */
export async function ensureArchive(job: PackJob): Promise<Ensured> {
  if (job.checkpoint === undefined && (await exists(job.client, job.target))) {
    return { outcome: 'found' };
  }
  return packArchive(job);
}

async function exists(client: S3Client, { bucket, key }: ObjectTarget): Promise<boolean> {
  try {
    await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFound') {
      return false;
    }
    throw error;
  }
}
