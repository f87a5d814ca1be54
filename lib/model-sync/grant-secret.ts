import { Grant, type Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { acknowledgeWildcards } from '../acknowledge';
import { grantKey } from '../encryption';
import type { NodeFunction } from '../node-function';

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
  grantee: NodeFunction,
): void {
  grantKey(secret.encryptionKey, grantee, 'secretsmanager', 'Decrypt');
  Grant.addToPrincipal({
    grantee,
    actions: ['secretsmanager:GetSecretValue'],
    resourceArns: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
  });
  acknowledgeWildcards(grantee.grantPrincipal as Role, {
    '-??????': 'Secrets Manager adds six characters to the name of the secret with the registry credentials.',
  });
}
