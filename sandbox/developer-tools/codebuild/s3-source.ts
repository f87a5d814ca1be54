import type { ProjectSource } from '@aws-sdk/client-codebuild';
import type { S3Location } from '../aws/objects';
import { invalidInput, notInCodeBuild } from './errors';

/**
 * The archive that a source of type S3 names: `bucket/path/to/object.zip` (API_ProjectSource, "location").
 *
 * @throws ServiceError for a location without bucket or key, and for a folder of objects, which the stand-in does not have
 */
export function s3Location({ location = '' }: Pick<ProjectSource, 'location'>): S3Location {
  const [, bucket, key] = /^([^/]+)\/(.+)$/s.exec(location) ?? [];
  if (bucket === undefined || key === undefined) {
    throw invalidInput(`Invalid project source: location must be a valid S3 source: ${location}`);
  }
  if (key.endsWith('/')) throw notInCodeBuild('sources that are a folder of S3');
  return { bucket, key };
}
