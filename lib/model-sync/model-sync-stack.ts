import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge';
import { StartPipeline } from '../deployments/start-pipeline';
import { Terminate } from '../deployments/terminate';
import {
  ARTIFACT_BUCKET_PARAMETER,
  CREATE_WEBHOOK_LAMBDA_PARAMETER,
  SECRET_NAME_PARAMETER,
  SYNC_FILES,
  WEBHOOK_SECRET,
} from '../names';
import { PythonFunctionImage } from '../python-function-image/python-function-image';
import type { Settings } from '../settings';
import { ArtifactBucket } from './artifact-bucket';
import { Enrolment } from './enrolment';
import { onlyWrittenBy } from './only-written-by';
import { SyncFunctions } from './sync-functions';
import { SyncStateMachine } from './sync-state-machine';
import { WebhookApi } from './webhook-api';

/**
 * Keeps SageMaker's Model Registry in step with MLflow's: a webhook is the hint, a schedule the safety net. It also has what all
 * provisioned models share: what starts their pipelines, and what cleans up behind them.
 */
export class ModelSyncStack extends Stack {
  constructor(scope: Construct, id: string, { artifactStore }: Pick<Settings, 'artifactStore'>, props?: StackProps) {
    super(scope, id, {
      description: 'MLflow-MLOps: syncs an MLflow registry with the SageMaker Model Registry',
      ...props,
    });

    const registrySecret = Secret.fromSecretNameV2(
      this,
      'RegistrySecret',
      StringParameter.valueForStringParameter(this, SECRET_NAME_PARAMETER),
    );
    const webhookSecret = new Secret(this, 'WebhookSecret', {
      secretName: WEBHOOK_SECRET,
      description: 'MLflow-MLOps: registries sign their webhooks with it',
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
    });
    acknowledge(
      webhookSecret,
      'SMG4',
      'Senders keep a copy: whoever rotates it enrols the models again, which README describes.',
    );
    const bucket = new ArtifactBucket(this, 'Artifacts');
    const table = new TableV2(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // Enrolments come back with the custom resources that made them; claims live for minutes.
      removalPolicy: RemovalPolicy.DESTROY,
    });

    const functions = new SyncFunctions(this, 'Functions', {
      table,
      bucket,
      registrySecret,
      artifactStore,
      owner: this.stackName,
    });
    const { stateMachine } = new SyncStateMachine(this, 'Sync', { functions, bucket });
    const deadLetterQueue = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(deadLetterQueue, 'SQS3', 'This is the dead-letter queue.');
    new Rule(this, 'Hourly', {
      description: 'MLflow-MLOps: syncs all enrolled models, whatever became of their webhooks',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [
        new SfnStateMachine(stateMachine, { input: RuleTargetInput.fromObject({}), deadLetterQueue, retryAttempts: 3 }),
      ],
    });
    const api = new WebhookApi(this, 'Webhook', { table, stateMachine, webhookSecret });
    const enrolment = new Enrolment(this, 'Enrolment', {
      table,
      stateMachine,
      registrySecret,
      webhookSecret,
      webhookUrl: api.url,
      deadLetterQueue,
    });
    new StartPipeline(this, 'StartPipeline', { table, owner: this.stackName });
    new Terminate(this, 'Terminate', table);
    new PythonFunctionImage(this, 'PythonFunctionImage');
    onlyWrittenBy(bucket, 'models', functions.create);
    onlyWrittenBy(bucket, SYNC_FILES, functions.list);

    new StringParameter(this, 'ArtifactBucketParameter', {
      parameterName: ARTIFACT_BUCKET_PARAMETER,
      description: 'Bucket with the repacked archives',
      stringValue: bucket.bucketName,
    });
    new StringParameter(this, 'CreateWebhookLambdaParameter', {
      parameterName: CREATE_WEBHOOK_LAMBDA_PARAMETER,
      description: 'Service token of the custom resource that enrols a model (property ModelName, attribute GroupName)',
      stringValue: enrolment.serviceToken,
    });

    new CfnOutput(this, 'WebhookUrl', { value: api.url, description: 'Where registries deliver their webhooks' });
    new CfnOutput(this, 'WebhookSecretArn', { value: webhookSecret.secretArn, description: 'What they sign with' });
    new CfnOutput(this, 'StateMachineArn', {
      value: stateMachine.stateMachineArn,
      description: 'The sync; start it with {"modelName": "..."} or {} for all enrolled models',
    });
    new CfnOutput(this, 'ArtifactBucketName', { value: bucket.bucketName });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: deadLetterQueue.queueUrl });
  }
}
