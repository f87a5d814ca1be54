import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { grantKey } from '../encryption';

/**
 * Lets a function read a secret's value and nothing else: `Secret.grantRead` adds `DescribeSecret`, which nobody here calls.
 *
 * @param secret one of this stack, or one that is known by its name: Secrets Manager adds six characters to that
 */
export function grantSecretValue(
  secret: {
    readonly secretArn: string;
    readonly secretFullArn?: string | undefined;
    readonly encryptionKey?: IKey | undefined;
  },
  grantee: IGrantable,
): Grant {
  grantKey(secret.encryptionKey, grantee, 'secretsmanager', 'Decrypt');
  return Grant.addToPrincipal({
    grantee,
    actions: ['secretsmanager:GetSecretValue'],
    resourceArns: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
  });
}
