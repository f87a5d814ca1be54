import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { TERMINATE_FUNCTION } from '../../product-template/lib/names';
import { acknowledge, acknowledgeProvider, acknowledgeWildcards } from '../acknowledge';
import { allow, arn, plainArn } from '../arns';
import { NodeFunction } from '../node-function';
import { PRODUCT, PRODUCT_WILDCARDS } from '../service-catalog/product-names';

/**
 * The custom resource that cleans up behind a model's pipeline when its product is terminated. It waits for builds and stacks,
 * which takes longer than a function may: CDK's provider framework asks again and again.
 */
export class Terminate extends Construct {
  constructor(scope: Construct, id: string, table: TableV2) {
    super(scope, id);
    const begin = new NodeFunction(this, 'Begin', {
      step: 'terminate',
      handler: 'onEvent',
      description: "Begins to clean up behind a model's pipeline",
      environment: {},
    });
    const proceed = new NodeFunction(this, 'Proceed', {
      step: 'terminate',
      handler: 'isComplete',
      description: "Goes on with cleaning up behind a model's pipeline",
      environment: { TABLE_NAME: table.tableName },
      timeout: Duration.minutes(1),
    });
    table.grant(proceed, 'dynamodb:DeleteItem');
    for (const statement of this.rights()) {
      proceed.addToRolePolicy(statement);
    }
    const provider = new Provider(this, 'Provider', {
      providerFunctionName: TERMINATE_FUNCTION,
      onEventHandler: begin,
      isCompleteHandler: proceed,
      queryInterval: Duration.seconds(10),
      totalTimeout: Duration.hours(1),
      logGroup: new LogGroup(this, 'ProviderLogs', { retention: RetentionDays.THREE_MONTHS }),
    });
    acknowledgeProvider(provider);
    acknowledge(provider, 'SF1', 'It only asks again and again; the functions that it asks log what they do.');
    acknowledge(provider, 'SF2', 'It only asks again and again; the functions that it asks log what they do.');
    acknowledgeWildcards(this, PRODUCT_WILDCARDS);
  }

  private rights(): PolicyStatement[] {
    return [
      allow('events', ['DisableRule'], arn(this, 'events', 'rule', PRODUCT.rule)),
      allow(
        'codepipeline',
        ['GetPipeline', 'ListPipelineExecutions', 'StopPipelineExecution'],
        plainArn(this, 'codepipeline', PRODUCT.pipeline),
      ),
      allow(
        'codebuild',
        ['BatchGetBuilds', 'ListBuildsForProject', 'StopBuild'],
        arn(this, 'codebuild', 'project', PRODUCT.anyProject),
      ),
      allow(
        'cloudformation',
        ['DeleteStack', 'DescribeStackEvents', 'DescribeStacks'],
        arn(this, 'cloudformation', 'stack', `${PRODUCT.stageStack}/*`),
      ),
      allow('codecommit', ['UpdateRepositoryName'], plainArn(this, 'codecommit', PRODUCT.repository)),
    ];
  }
}
