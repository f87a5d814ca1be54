import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { ENVIRONMENT_FILES, SYNC_FILES } from '../../lambda/shared/artifact-folders';
import { acknowledge } from '../acknowledge';

/**
 * The bucket of the repacked archives. It outlives the stack: packages refer to its objects, and a model whose archive is
 * gone cannot be deployed any more. It goes, however, when the deployment that creates it fails, and with it the name that the
 * next deployment needs.
 */
export class ArtifactBucket extends Bucket {
  /** @param key by default S3's own */
  constructor(scope: Construct, id: string, key: IKey | undefined) {
    super(scope, id, {
      bucketName: `sagemaker-mlflow-${Aws.REGION}-${Aws.ACCOUNT_ID}`,
      ...(key === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : // One key of the bucket's in place of a call of KMS for each object.
          { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: [
        // What an aborted function could not clean up itself.
        { id: 'SweepAbortedUploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
        // Whoever looks into a failed sync finds there what it was to sync.
        {
          id: 'ExpireSyncs',
          prefix: `${SYNC_FILES}/`,
          expiration: Duration.days(14),
          noncurrentVersionExpiration: Duration.days(1),
        },
        // The sweep deletes them with their images; nobody needs an older report.
        {
          id: 'ExpireEnvironmentVersions',
          prefix: `${ENVIRONMENT_FILES}/`,
          noncurrentVersionExpiration: Duration.days(1),
        },
        {
          id: 'ExpireOldVersions',
          noncurrentVersionExpiration: Duration.days(30),
          // What is left of a deleted archive once its versions are gone.
          expiredObjectDeleteMarker: true,
        },
      ],
    });
    acknowledge(
      this,
      'S1',
      'CloudTrail data events are the audit of who reads models; access logs would need a second bucket.',
    );
  }
}
