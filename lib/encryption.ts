import { AspectPriority, Aspects, Aws, type IAspect } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';

/** Services that use the installation's key in the name of whoever calls them. */
type Service = 'dynamodb' | 's3' | 'secretsmanager' | 'sqs';

/**
 * Lets somebody use the installation's key, and only by way of a service that keeps something under it: nobody here calls KMS
 * (docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html, kms:ViaService).
 *
 * @param key undefined where the installation has none: then nothing is needed
 * @param actions of KMS, such as `Decrypt`
 */
export function grantKey(key: IKey | undefined, grantee: IGrantable, service: Service, ...actions: string[]): void {
  if (key === undefined) {
    return;
  }
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: actions.map((action) => `kms:${action}`),
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `${service}.${Aws.REGION}.amazonaws.com` } },
    }),
  );
}

/** How a queue is encrypted: by the installation's key, else by SQS's own. */
export function queueEncryption(key: IKey | undefined): Pick<QueueProps, 'encryption' | 'encryptionMasterKey'> {
  return key === undefined
    ? { encryption: QueueEncryption.SQS_MANAGED }
    : { encryption: QueueEncryption.KMS, encryptionMasterKey: key };
}

/** Encrypts every log group below a construct, also those that others make in there. CloudWatch Logs uses the key by its policy. */
export function encryptLogs(scope: IConstruct, key: IKey): void {
  const encrypt: IAspect = {
    visit(node) {
      if (node instanceof CfnLogGroup) {
        node.kmsKeyId = key.keyArn;
      }
    },
  };
  Aspects.of(scope).add(encrypt, { priority: AspectPriority.MUTATING });
}
