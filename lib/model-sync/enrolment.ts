import { Aws, Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { CREATE_WEBHOOK_FUNCTION } from '../../product-template/lib/names';
import { acknowledgeProvider } from '../acknowledge';
import { WEBHOOK_URL_PARAMETER } from '../names';
import { NodeFunction } from '../node-function';
import { grantSecretValue } from './grant-secret';

export interface EnrolmentProps {
  readonly table: TableV2;
  readonly stateMachine: StateMachine;
  readonly registrySecret: ISecret;
  readonly webhookSecret: Secret;
  /** Address that registries deliver to. */
  readonly webhookUrl: string;
}

/** The custom resource that enrols a model, and the check that completes enrolments of models which do not exist yet. */
export class Enrolment extends Construct {
  /** What a custom resource gives as its service token. */
  readonly serviceToken: string;

  constructor(scope: Construct, id: string, props: EnrolmentProps) {
    super(scope, id);
    const { table, stateMachine, registrySecret, webhookSecret } = props;

    const shared = {
      timeout: Duration.minutes(5),
      environment: {
        TABLE_NAME: table.tableName,
        STATE_MACHINE_ARN: stateMachine.stateMachineArn,
        REGISTRY_SECRET: registrySecret.secretName,
        WEBHOOK_SECRET: webhookSecret.secretName,
        WEBHOOK_URL: props.webhookUrl,
        WEBHOOK_URL_PARAMETER,
      },
    };
    const enrol = new NodeFunction(this, 'Enrol', {
      step: 'enrolment',
      description: 'Enrols a model for syncing, or takes that back',
      ...shared,
    });
    const pending = new NodeFunction(this, 'Pending', {
      step: 'pending',
      description: 'Completes enrolments of models that did not exist',
      ...shared,
    });
    new Rule(this, 'PendingRule', {
      description: 'MLflow-MLOps: creates webhooks of enrolled models that did not exist before',
      schedule: Schedule.rate(Duration.minutes(1)),
      // An event that is lost is followed by another one a minute later.
      targets: [new LambdaFunction(pending, { retryAttempts: 0 })],
    });

    table.grant(enrol, 'dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:Query');
    table.grant(pending, 'dynamodb:UpdateItem', 'dynamodb:Query');
    for (const step of [enrol, pending]) {
      grantSecretValue(registrySecret, step);
      grantSecretValue(webhookSecret, step);
      stateMachine.grantStartExecution(step);
      step.addToRolePolicy(
        new PolicyStatement({
          actions: ['ssm:GetParameters'],
          resources: [`arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${WEBHOOK_URL_PARAMETER}`],
        }),
      );
    }

    const provider = new Provider(this, 'Provider', {
      providerFunctionName: CREATE_WEBHOOK_FUNCTION,
      onEventHandler: enrol,
      logGroup: new LogGroup(this, 'ProviderLogs', { retention: RetentionDays.THREE_MONTHS }),
    });
    acknowledgeProvider(provider);
    this.serviceToken = provider.serviceToken;
  }
}
