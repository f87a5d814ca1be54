import { Aspects, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { ENVIRONMENT_FILES, SYNC_FILES } from '../../lambda/shared/artifact-folders';
import { acknowledge } from '../acknowledge';
import { StartPipeline } from '../deployments/start-pipeline';
import { Terminate } from '../deployments/terminate';
import { encryptLogs, queueEncryption } from '../encryption';
import { ImageBuilds } from '../environment-images/image-builds';
import { ImageLifecycle } from '../environment-images/image-lifecycle';
import {
  ARTIFACT_BUCKET_PARAMETER,
  CREATE_WEBHOOK_LAMBDA_PARAMETER,
  SECRET_NAME_PARAMETER,
  WEBHOOK_SECRET,
} from '../names';
import type { Settings } from '../settings';
import { Watch } from '../watch/watch';
import { ArtifactBucket } from './artifact-bucket';
import { EndpointRole } from './endpoint-role';
import { Enrolment } from './enrolment';
import { onlyWrittenBy } from './only-written-by';
import { OwnBucketsOnly } from './own-buckets';
import { SyncFunctions } from './sync-functions';
import { SyncStateMachine } from './sync-state-machine';
import { SyncTable } from './sync-table';
import { WebhookApi } from './webhook-api';
import { WebhookSecretRotation } from './webhook-secret-rotation';

/** The settings that this stack is made by. */
export type ModelSyncSettings = Pick<
  Settings,
  | 'artifactStore'
  | 'api'
  | 'kmsKeyArn'
  | 'manualApproval'
  | 'deletionWaitHours'
  | 'supersededHours'
  | 'environmentImages'
  | 'alarmEmails'
  | 'runbookUrl'
  | 'environmentIndexes'
  | 'environmentIndexSecret'
>;

/**
 * Keeps SageMaker's Model Registry in step with MLflow's: a webhook is the hint, a schedule the safety net. It also has what all
 * provisioned models share: what starts their pipelines, what cleans up behind them, and the role of their endpoints.
 */
export class ModelSyncStack extends Stack {
  constructor(scope: Construct, id: string, settings: ModelSyncSettings, props?: StackProps) {
    super(scope, id, {
      description: 'MLflow-MLOps: syncs an MLflow registry with the SageMaker Model Registry',
      ...props,
    });
    Aspects.of(this).add(new OwnBucketsOnly(settings.artifactStore?.bucket));
    const key = settings.kmsKeyArn === undefined ? undefined : Key.fromKeyArn(this, 'Key', settings.kmsKeyArn);
    if (key !== undefined) {
      encryptLogs(this, key);
    }

    const registrySecret = Secret.fromSecretNameV2(
      this,
      'RegistrySecret',
      StringParameter.valueForStringParameter(this, SECRET_NAME_PARAMETER),
    );
    const webhookSecret = new Secret(this, 'WebhookSecret', {
      secretName: WEBHOOK_SECRET,
      description: 'MLflow-MLOps: registries sign their webhooks with it',
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
      ...(key === undefined ? {} : { encryptionKey: key }),
    });
    const bucket = new ArtifactBucket(this, 'Artifacts', key);
    const table = new SyncTable(this, 'Table', key);
    new EndpointRole(this, 'EndpointRole', bucket);
    const builds = new ImageBuilds(this, 'ImageBuilds', { bucket, indexSecret: settings.environmentIndexSecret });

    const functions = new SyncFunctions(this, 'Functions', {
      table,
      bucket,
      registrySecret,
      artifactStore: settings.artifactStore,
      manualApproval: settings.manualApproval,
      deletionWaitHours: settings.deletionWaitHours,
      supersededHours: settings.supersededHours,
      environmentImages: settings.environmentImages,
      owner: this.stackName,
      builds,
      environmentIndexes: settings.environmentIndexes,
    });
    const { stateMachine, logGroup: syncLog } = new SyncStateMachine(this, 'Sync', { functions, bucket, table });
    const deadLetterQueue = new Queue(this, 'DeadLetters', {
      ...queueEncryption(key),
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
    const api = new WebhookApi(this, 'Webhook', { table, stateMachine, webhookSecret, access: settings.api });
    const enrolment = new Enrolment(this, 'Enrolment', {
      table,
      stateMachine,
      registrySecret,
      webhookSecret,
      webhookUrl: api.url,
    });
    const rotation = new WebhookSecretRotation(this, 'WebhookSecretRotation', {
      webhookSecret,
      registrySecret,
      table,
      webhookUrl: api.url,
    });
    const startPipeline = new StartPipeline(this, 'StartPipeline', { table, owner: this.stackName, key });
    new Terminate(this, 'Terminate', table);
    const images = new ImageLifecycle(this, 'ImageLifecycle', {
      ...{ builds, table, bucket, stateMachine, key },
      owner: this.stackName,
    });
    const { topic } = new Watch(this, 'Watch', {
      ...settings,
      stateMachine,
      syncLog,
      deadLetters: [
        { of: 'syncs', queue: deadLetterQueue },
        { of: 'starts-of-pipelines', queue: startPipeline.deadLetterQueue },
        { of: 'ended-builds', queue: images.deadLetterQueue },
      ],
      apiName: api.name,
      rotation: rotation.function,
      imageSweep: images.sweep,
    });
    onlyWrittenBy(bucket, 'models', functions.create);
    onlyWrittenBy(bucket, SYNC_FILES, functions.list);
    onlyWrittenBy(bucket, ENVIRONMENT_FILES, functions.create, builds.project);

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
    new CfnOutput(this, 'AlarmTopicArn', { value: topic.topicArn, description: 'Subscribe here to hear of alarms' });
  }
}
