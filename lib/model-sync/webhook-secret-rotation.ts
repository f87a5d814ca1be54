import { Aws, Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule, type ISecret, type Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { grantKey } from '../encryption';
import { WEBHOOK_URL_PARAMETER } from '../names';
import { NodeFunction } from '../node-function';
import { grantSecretValue } from './grant-secret';

/**
 * Days between rotations. Copies of the secret lie in the registry's database and its backups; AWS's own examples take as many days,
 * and a rotation needs nobody.
 */
const EVERY_DAYS = 30;

export interface WebhookSecretRotationProps {
  readonly webhookSecret: Secret;
  readonly registrySecret: ISecret;
  readonly table: TableV2;
  /** Address that registries deliver to. */
  readonly webhookUrl: string;
}

/** Exchanges the secret that registries sign with, here and at the registry. */
export class WebhookSecretRotation extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, props: WebhookSecretRotationProps) {
    super(scope, id);
    const { webhookSecret, registrySecret, table } = props;

    const rotate = new NodeFunction(this, 'Rotate', {
      step: 'rotate',
      description: "Rotates the webhook's secret, one step at a time",
      environment: {
        TABLE_NAME: table.tableName,
        REGISTRY_SECRET: registrySecret.secretName,
        WEBHOOK_SECRET: webhookSecret.secretArn,
        WEBHOOK_URL: props.webhookUrl,
        WEBHOOK_URL_PARAMETER,
      },
      // A Databricks workspace has a webhook for each model.
      timeout: Duration.minutes(15),
    });
    this.function = rotate;
    table.grant(rotate, 'dynamodb:Query');
    grantSecretValue(registrySecret, rotate);
    rotate.addToRolePolicy(
      new PolicyStatement({
        actions: [
          'secretsmanager:DescribeSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:PutSecretValue',
          'secretsmanager:UpdateSecretVersionStage',
        ],
        resources: [webhookSecret.secretArn],
      }),
    );
    grantKey(webhookSecret.encryptionKey, rotate, 'secretsmanager', 'Decrypt', 'GenerateDataKey');
    const parameter = `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${WEBHOOK_URL_PARAMETER}`;
    rotate.addToRolePolicy(new PolicyStatement({ actions: ['ssm:GetParameters'], resources: [parameter] }));
    rotate.addPermission('SecretsManager', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Aws.ACCOUNT_ID,
    });

    // CDK's own RotationSchedule lets Secrets Manager invoke the function for any account, and grants a right that is not needed.
    const schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: webhookSecret.secretArn,
      rotationLambdaArn: rotate.functionArn,
      rotationRules: { automaticallyAfterDays: EVERY_DAYS },
      // A deployment changes no secret: Secrets Manager only tries the function's testSecret.
      rotateImmediatelyOnUpdate: false,
    });
    // Secrets Manager asks at once whether it may invoke the function, which then needs its rights.
    schedule.node.addDependency(rotate, ...(rotate.role ? [rotate.role] : []));
  }
}
