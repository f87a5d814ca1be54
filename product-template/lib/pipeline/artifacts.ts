import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** Days that the pipeline's intermediate files are kept: all of them can be made again from the repository. */
const DAYS = 90;

/** The bucket through which the pipeline's actions hand files to each other. */
export function artifactBucket(scope: Construct, id: string): Bucket {
  return new Bucket(scope, id, {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    // CloudFormation deletes no bucket that has files in it, and a launch or termination must not fail because of that.
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [{ expiration: Duration.days(DAYS) }],
  });
}
