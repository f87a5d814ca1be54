import { withoutEndSlashes } from '../paths';
import type { S3Location } from './registry';

/**
 * The folder that an artifact's URI names.
 *
 * @param uri as MLflow has it, which encodes nothing: `s3://<bucket>/<prefix>`
 * @returns undefined for any other URI, and for a whole bucket
 */
export function parseS3Uri(uri: string): S3Location | undefined {
  const { bucket, prefix } = parts(uri) ?? {};
  return bucket === undefined || !prefix ? undefined : { bucket, prefix };
}

/**
 * The place that an installation may read.
 *
 * @param uri `s3://<bucket>/<prefix>`, or `s3://<bucket>` for a whole bucket, as the stack sets it
 * @throws Error for any other URI: a wiring fault of the stack
 */
export function parseStorePlace(uri: string): S3Location {
  const place = parts(uri);
  if (place === undefined) {
    throw new Error(`ARTIFACT_STORE (${JSON.stringify(uri)}) is not s3://<bucket>/<prefix>`);
  }
  return place;
}

/** Whether a folder is in another one, or is it. */
export function isWithin(inner: S3Location, outer: S3Location): boolean {
  return inner.bucket === outer.bucket && inner.prefix.startsWith(outer.prefix);
}

function parts(uri: string): S3Location | undefined {
  const [, bucket, path = ''] = /^s3:\/\/([^/?#]+)(?:\/+(.*))?$/su.exec(uri) ?? [];
  if (bucket === undefined) {
    return undefined;
  }
  // S3 takes such parts as they are; whoever else does not would be somewhere else.
  if (path.split('/').some((part) => part === '.' || part === '..')) {
    return undefined;
  }
  const prefix = withoutEndSlashes(path);
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/` };
}
