import type { S3Client } from '@aws-sdk/client-s3';
import type { ArchiveUpload, UploadState } from './archive-upload';
import type { UploadLimits } from './limits';
import { MultipartUpload, type ObjectTarget } from './multipart';
import { SegmentedUpload } from './segmented';

/**
 * Begins an upload, or goes on with one.
 *
 * @param bytesMax the most that the object can have; decides whether one upload has parts enough
 */
export async function openUpload(
  client: S3Client,
  target: ObjectTarget,
  bytesMax: number,
  limits: UploadLimits,
  state?: UploadState,
): Promise<ArchiveUpload> {
  const whole =
    state === undefined
      ? await MultipartUpload.begin(client, target)
      : new MultipartUpload(client, target, state.uploadId);
  return Math.ceil(bytesMax / limits.partBytes) <= limits.parts
    ? whole
    : new SegmentedUpload(client, target, whole, limits.segmentParts, state?.segment);
}
