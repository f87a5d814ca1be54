import type { S3Client } from '@aws-sdk/client-s3';
import { requireEnv } from './env';

/**
 * Makes S3 refuse calls if the artifact bucket is not in this account: its name can be predicted, and whoever made a bucket of
 * that name elsewhere would get archives, or give others
 * (docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html). Calls for other buckets stay as they are.
 *
 * @returns the client
 */
export function withBucketOwner(client: S3Client): S3Client {
  client.middlewareStack.add(
    (next) => (args) => {
      const input = args.input as { Bucket?: string };
      return input.Bucket === requireEnv('ARTIFACT_BUCKET')
        ? next({ ...args, input: { ...args.input, ExpectedBucketOwner: requireEnv('ARTIFACT_BUCKET_OWNER') } })
        : next(args);
    },
    { step: 'initialize' },
  );
  return client;
}
