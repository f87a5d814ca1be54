import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { acknowledgeWildcards } from '../acknowledge';
import type { NodeFunction } from '../node-function';
import type { ArtifactStoreSetting } from '../settings';

/** Tells a function where registries keep their files, and lets it list and read just that place. */
export function grantArtifactStore({ bucket, prefix, kmsKeyArn }: ArtifactStoreSetting, reader: NodeFunction): void {
  const below = prefix === '' ? '*' : `${prefix}/*`;
  const arn = Stack.of(reader).formatArn({ service: 's3', region: '', account: '', resource: bucket });
  reader.addEnvironment('ARTIFACT_STORE', `s3://${bucket}/${prefix}`);
  reader.addToRolePolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [`${arn}/${below}`] }));
  reader.addToRolePolicy(
    new PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: [arn],
      // A list names its prefix (docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html); one of all does not.
      conditions: { StringLike: { 's3:prefix': below } },
    }),
  );
  if (kmsKeyArn !== undefined) {
    reader.addToRolePolicy(new PolicyStatement({ actions: ['kms:Decrypt'], resources: [kmsKeyArn] }));
  }
  acknowledgeWildcards(reader.grantPrincipal as Role, {
    [`${bucket}/${below}`]: 'The location in `mlflow-mlops:artifact-store`, where each model has a folder.',
  });
}
