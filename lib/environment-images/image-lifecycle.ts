import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ENVIRONMENT_FILES } from '../../lambda/shared/artifact-folders';
import { acknowledge, acknowledgeWildcards } from '../acknowledge';
import { allow, arn } from '../arns';
import { grantKey, queueEncryption } from '../encryption';
import { NodeFunction } from '../node-function';
import type { ImageBuilds } from './image-builds';

/** How a build can end (codebuild/latest/userguide/sample-build-notifications.html). */
const ENDS = ['SUCCEEDED', 'FAILED', 'STOPPED', 'FAULT', 'TIMED_OUT'];

export interface ImageLifecycleProps {
  readonly builds: ImageBuilds;
  readonly table: TableV2;
  readonly bucket: Bucket;
  readonly stateMachine: StateMachine;
  /** Marks what this installation makes in SageMaker. */
  readonly owner: string;
  /** Encrypts the queue. @default - SQS's own key */
  readonly key: IKey | undefined;
}

/** What follows a build, and what deletes images in the end. */
export class ImageLifecycle extends Construct {
  /** Has the ends of builds that could not be acted upon. The hourly sync finds their images. */
  readonly deadLetterQueue: Queue;
  readonly sweep: NodeFunction;

  constructor(scope: Construct, id: string, props: ImageLifecycleProps) {
    super(scope, id);
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      ...queueEncryption(props.key),
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.deadLetterQueue, 'SQS3', 'This is the dead-letter queue.');
    this.onBuildEnd(props);
    this.sweep = this.daily(props);
    acknowledgeWildcards(this, {
      [ENVIRONMENT_FILES]: 'A folder for each environment, named after its digest.',
      'model-package/*': 'Packages are named after models.',
      'model/*': 'Models are named after endpoints. The function reads which images they name.',
      '*': 'Listing packages and models has no resource. An image that any of them names must stay.',
    });
  }

  /** Each end of a build is written down, and the models that wait for it are synced. */
  private onBuildEnd({ builds, table, bucket, stateMachine, key }: ImageLifecycleProps): void {
    const built = new NodeFunction(this, 'Built', {
      step: 'environment-built',
      description: 'Syncs the models that waited for an environment image',
      environment: {
        TABLE_NAME: table.tableName,
        ARTIFACT_BUCKET: bucket.bucketName,
        STATE_MACHINE_ARN: stateMachine.stateMachineArn,
      },
      // Starts a sync for each of up to 400 models.
      timeout: Duration.minutes(2),
      // EventBridge is done when it has handed an event over: what fails after that comes here, after Lambda's two retries.
      deadLetterQueue: this.deadLetterQueue,
    });
    table.grant(built, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    built.addToRolePolicy(allow('s3', ['GetObject'], bucket.arnForObjects(`${ENVIRONMENT_FILES}/*/result.json`)));
    // Without it, S3 says of a missing report that it may not be read.
    built.addToRolePolicy(listing(bucket));
    grantKey(bucket.encryptionKey, built, 's3', 'Decrypt');
    grantKey(key, built, 'sqs', 'GenerateDataKey', 'Decrypt');
    stateMachine.grantStartExecution(built);
    new Rule(this, 'BuildEnded', {
      description: 'MLflow-MLOps: syncs the models that waited for an environment image',
      eventPattern: {
        source: ['aws.codebuild'],
        detailType: ['CodeBuild Build State Change'],
        detail: { 'project-name': [builds.project.projectName], 'build-status': ENDS },
      },
      targets: [new LambdaFunction(built, { deadLetterQueue: this.deadLetterQueue, retryAttempts: 10 })],
    });
  }

  private daily({ builds, table, bucket, owner }: ImageLifecycleProps): NodeFunction {
    const sweep = new NodeFunction(this, 'Sweep', {
      step: 'environment-sweep',
      description: 'Deletes environment images that nothing uses any more',
      environment: {
        TABLE_NAME: table.tableName,
        ARTIFACT_BUCKET: bucket.bucketName,
        ENVIRONMENT_REPOSITORY: builds.repository.repositoryUri,
        OWNER: owner,
      },
      // Describes packages and models until each old image is found to be in use.
      timeout: Duration.minutes(15),
    });
    table.grant(sweep, 'dynamodb:DeleteItem', 'dynamodb:Query', 'dynamodb:UpdateItem');
    for (const statement of [
      allow('ecr', ['BatchDeleteImage', 'DescribeImages'], builds.repository.repositoryArn),
      allow('sagemaker', ['ListModelPackages', 'ListModels'], '*'),
      allow('sagemaker', ['DescribeModelPackage'], arn(this, 'sagemaker', 'model-package', '*')),
      allow('sagemaker', ['DescribeModel'], arn(this, 'sagemaker', 'model', '*')),
      allow('s3', ['DeleteObject'], bucket.arnForObjects(`${ENVIRONMENT_FILES}/*`)),
      listing(bucket),
    ]) {
      sweep.addToRolePolicy(statement);
    }
    new Rule(this, 'Daily', {
      description: 'MLflow-MLOps: deletes environment images that nothing uses any more',
      schedule: Schedule.rate(Duration.days(1)),
      // An event that is lost is followed by another one a day later.
      targets: [new LambdaFunction(sweep, { retryAttempts: 0 })],
    });
    return sweep;
  }
}

function listing(bucket: Bucket): PolicyStatement {
  return new PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { StringLike: { 's3:prefix': `${ENVIRONMENT_FILES}/*` } },
  });
}
