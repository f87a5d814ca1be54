import { Effect, type IRole, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';

/** A function or a build, by the role that it has. */
interface Writer {
  readonly role?: IRole | undefined;
}

/**
 * Refuses everybody but some functions and builds to write below a folder of a bucket, whatever else they may do in the account. Whoever has
 * AmazonSageMakerFullAccess, which people give endpoints too, may write to every bucket with `sagemaker` in its name, so a model's code
 * could put its own archive in the place of another model's.
 *
 * Deletion is left to policies of roles: versions come back from it, and people have to be able to empty the bucket.
 */
export function onlyWrittenBy(bucket: Bucket, folder: string, ...writers: readonly Writer[]): void {
  const roles = writers.map(({ role }) => {
    if (role === undefined) {
      throw new Error(`what writes below ${folder}/ has no role of this stack`);
    }
    return role.roleArn;
  });
  bucket.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      principals: [new StarPrincipal()],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`${folder}/*`)],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': roles } },
    }),
  );
}
