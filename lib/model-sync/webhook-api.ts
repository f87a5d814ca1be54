import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge';
import { NodeFunction } from '../node-function';
import type { ApiSetting } from '../settings';
import { grantSecretValue } from './grant-secret';
import { endpointFor, webhookUrl } from './webhook-callers';

export interface WebhookApiProps {
  readonly table: TableV2;
  readonly stateMachine: StateMachine;
  /** The secret that senders sign with. */
  readonly webhookSecret: Secret;
  /** Who reaches it. */
  readonly access: ApiSetting;
}

/**
 * Where registries deliver their webhooks: `POST /webhook`, and `POST /` as the sample had it. Whoever calls must have signed
 * the body; the function checks that before it reads it.
 */
export class WebhookApi extends Construct {
  /** Address to register at a registry. */
  readonly url: string;
  /** As metrics call it. */
  readonly name: string;

  constructor(scope: Construct, id: string, { table, stateMachine, webhookSecret, access }: WebhookApiProps) {
    super(scope, id);

    const receiver = new NodeFunction(this, 'Receiver', {
      step: 'webhook',
      description: 'Verifies a webhook delivery and starts the sync that it asks for',
      environment: {
        TABLE_NAME: table.tableName,
        STATE_MACHINE_ARN: stateMachine.stateMachineArn,
        WEBHOOK_SECRET: webhookSecret.secretName,
      },
      // API Gateway gives up after 29 seconds; the sender should hear of a fault before that.
      timeout: Duration.seconds(25),
      // One whole CPU: a cold start is mostly compiling, so it costs what it costs with less memory and is over sooner.
      memorySize: 1769,
      // Its errors are logged by their messages, and the map costs a tenth of a cold start.
      sourceMap: false,
    });

    const api = new RestApi(this, 'Api', {
      restApiName: 'mlflow-mlops-webhook',
      description: 'Receives the webhooks of MLflow registries',
      ...endpointFor(this, access),
      // The account-wide role that lets API Gateway write logs; kept, since other APIs may have come to rely on it.
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: {
        throttlingRateLimit: 50,
        throttlingBurstLimit: 100,
        // API Gateway would write executions into a log group of its own, without retention and outside the stack.
        loggingLevel: MethodLoggingLevel.OFF,
        // Never true: it would log bodies and signatures.
        dataTraceEnabled: false,
        // Each method has limits of its own; this one is for those alone who registered the sample's address.
        methodOptions: {
          '//POST': {
            throttlingRateLimit: 10,
            throttlingBurstLimit: 20,
            loggingLevel: MethodLoggingLevel.OFF,
            dataTraceEnabled: false,
          },
        },
        accessLogDestination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLogs', {
            retention: RetentionDays.THREE_MONTHS,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        ),
        accessLogFormat: AccessLogFormat.jsonWithStandardFields(),
      },
    });
    const integration = new LambdaIntegration(receiver);
    api.root.addMethod('POST', integration);
    api.root.addResource('webhook').addMethod('POST', integration);
    this.name = api.restApiName;
    this.url = webhookUrl(api, access);

    const signed =
      'Senders sign the body with a shared secret, and the function verifies that before it reads the body.';
    acknowledge(api, 'APIG4', signed);
    acknowledge(api, 'COG4', signed);
    acknowledge(
      api,
      'APIG6',
      'Executions go to a log group outside the stack and its retention; the access logs and the function have what is needed.',
    );
    acknowledge(
      api,
      'APIG2',
      'A signature covers the raw body, so it is verified first and the shape after it, by the function.',
    );
    acknowledge(
      api,
      'APIG3',
      'Stage throttling bounds what unsigned calls can cost; a web ACL is an account-wide choice.',
    );
    acknowledge(
      api,
      'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      'API Gateway asks for this managed policy to write its logs.',
    );

    table.grant(receiver, 'dynamodb:GetItem');
    stateMachine.grantStartExecution(receiver);
    grantSecretValue(webhookSecret, receiver);
  }
}
