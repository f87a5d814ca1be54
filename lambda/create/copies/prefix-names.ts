import { RefusedError } from '../../shared/errors';
import type { ArchiveEntry } from '../../shared/packing/archive-entry';
import { quoted } from '../../shared/printable';

/** Longest key that S3 takes, in bytes of UTF-8 (docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html). */
const KEY_MAX_BYTES = 1024;

/**
 * Refuses files whose names an archive could hold and a prefix cannot: SageMaker takes no blank ones (API_S3ModelDataSource,
 * CompressionType), and a key has a length.
 *
 * @param prefix what the keys begin with
 * @throws RefusedError that names the file
 */
export function checkPrefixNames(prefix: string, entries: readonly ArchiveEntry[]): void {
  for (const { path } of entries) {
    if (path.split('/').some((part) => part.trim() === '')) {
      throw new RefusedError(`the model's file ${quoted(path)} has a blank part, which uncompressed data cannot have`);
    }
    const bytes = Buffer.byteLength(prefix + path);
    if (bytes > KEY_MAX_BYTES) {
      throw new RefusedError(
        `the model's file ${quoted(path)} would have a key of ${bytes} bytes, and S3 takes ${KEY_MAX_BYTES}: ` +
          'take the tag sagemaker_deploy_model_data away, and it goes into an archive',
      );
    }
  }
}
