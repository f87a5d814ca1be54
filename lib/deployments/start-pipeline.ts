import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { START_PIPELINE_FUNCTION, START_PIPELINE_QUEUE } from '../../product-template/lib/names';
import { acknowledge, acknowledgeWildcards } from '../acknowledge';
import { allow, arn, plainArn } from '../arns';
import { grantKey, queueEncryption } from '../encryption';
import { NodeFunction } from '../node-function';
import { PRODUCT, PRODUCT_WILDCARDS } from '../service-catalog/product-names';

export interface StartPipelineProps {
  readonly table: TableV2;
  /** Marks what this installation makes in SageMaker. */
  readonly owner: string;
  /** Encrypts the queue. @default - SQS's own key */
  readonly key: IKey | undefined;
}

/**
 * What the rule of every provisioned model calls: a function that starts the model's pipeline when what it deploys has changed,
 * and the queue for what could not be delivered to it. Both have names that the product's template knows.
 */
export class StartPipeline extends Construct {
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { table, owner, key }: StartPipelineProps) {
    super(scope, id);
    const rules = arn(this, 'events', 'rule', PRODUCT.rule);

    const queue = new Queue(this, 'DeadLetters', {
      queueName: START_PIPELINE_QUEUE,
      ...queueEncryption(key),
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.deadLetterQueue = queue;
    acknowledge(queue, 'SQS3', 'This is the dead-letter queue.');
    queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { ArnLike: { 'aws:SourceArn': rules } },
      }),
    );

    const start = new NodeFunction(this, 'Function', {
      step: 'start-pipeline',
      functionName: START_PIPELINE_FUNCTION,
      description: "Starts a model's pipeline when what it deploys has changed",
      environment: { TABLE_NAME: table.tableName, OWNER: owner },
      // Describes each package of the model.
      timeout: Duration.seconds(45),
      // EventBridge is done when it has handed an event over: what fails after that comes here, after Lambda's two retries.
      deadLetterQueue: queue,
    });
    start.addPermission('Rules', { principal: new ServicePrincipal('events.amazonaws.com'), sourceArn: rules });
    table.grant(start, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    grantKey(key, start, 'sqs', 'GenerateDataKey', 'Decrypt');
    for (const statement of [
      allow('sagemaker', ['ListModelPackages'], '*'),
      allow('sagemaker', ['DescribeModelPackage'], arn(this, 'sagemaker', 'model-package', '*')),
      allow('codepipeline', ['StartPipelineExecution'], plainArn(this, 'codepipeline', PRODUCT.pipeline)),
    ]) {
      start.addToRolePolicy(statement);
    }
    acknowledgeWildcards(this, {
      ...PRODUCT_WILDCARDS,
      'model-package/*': 'Packages are named after models.',
      '*': 'Listing packages has no resource. The function lists the group of one model.',
    });
  }
}
