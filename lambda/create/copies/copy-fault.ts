import { RefusedError, TransientError } from '../../shared/errors';
import type { StoredFile } from './copy-file';

/** What S3 says of a copy that it did not make, for people. A file that changed passes: a new try lists the files again. */
export function copyFault(error: unknown, { bucket, key }: StoredFile): unknown {
  const place = `s3://${bucket}/${key}`;
  const cause = { cause: error };
  switch (error instanceof Error ? error.name : '') {
    case 'PreconditionFailed':
      return new TransientError(`${place} is not the file any more that was listed: it was written again`, cause);
    case 'NoSuchKey':
    case 'NotFound':
      return new TransientError(`${place} was listed and is not there any more`, cause);
    // Also where S3's answer that it was complete was lost on its way: a new try sees the object there.
    case 'NoSuchUpload':
      return new TransientError(`${place} was being copied in parts, and S3 does not know that any more`, cause);
    case 'AccessDenied':
      return new RefusedError(
        `${place} may not be copied: mlflow-mlops:artifact-store in cdk.json must name its bucket, and in kmsKeyArn the key ` +
          'that it is encrypted with',
        cause,
      );
    default:
      return error;
  }
}
