import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { RefusedError } from '../../shared/errors';
import type { S3Location } from '../../shared/registry/registry';

/**
 * Names, below the folder, of the files that are there in full. Each copy appears whole or not at all, so a file with the
 * right size is one that an earlier try finished.
 *
 * @param expected sizes by name
 * @throws RefusedError for an object that does not belong there: SageMaker would hand it to the container
 */
export async function copiedFiles(
  client: S3Client,
  { bucket, prefix }: S3Location,
  expected: ReadonlyMap<string, number>,
): Promise<Set<string>> {
  const copied = new Set<string>();
  for await (const { Contents } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Key = '', Size } of Contents ?? []) {
      const name = Key.slice(prefix.length);
      const size = expected.get(name);
      if (size === undefined) {
        throw new RefusedError(`s3://${bucket}/${Key} is no file of the model: delete it, and sync the model again`);
      }
      if (size === Size) {
        copied.add(name);
      }
    }
  }
  return copied;
}
