import { ArnFormat, type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type IRuleTarget, Match, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { PIPELINE_FAILURES_LOG_GROUP, PIPELINE_NAME } from '../names';
import { PRODUCT } from '../service-catalog/product-names';

/**
 * Runs of the models' pipelines, and of this project's own, that failed. Each is written down with its pipeline's name, and
 * EventBridge counts them.
 *
 * The rule does not tell the topic by itself: EventBridge publishes only to topics whose policy has no condition for it
 * (docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html), so that any account's rule could.
 */
export class PipelineFailures extends Construct {
  private readonly rule: Rule;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: PIPELINE_FAILURES_LOG_GROUP,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.rule = new Rule(this, 'Rule', {
      description: 'MLflow-MLOps: writes down which pipeline failed',
      eventPattern: {
        source: ['aws.codepipeline'],
        detailType: ['CodePipeline Pipeline Execution State Change'],
        detail: { state: ['FAILED'], pipeline: Match.anyOf([PIPELINE_NAME], Match.wildcard(PRODUCT.pipeline)) },
      },
      targets: [written(logGroup)],
    });
    // EventBridge says for which rule it writes, but not for which it creates a stream: a condition would refuse that
    // (eventbridge/latest/userguide/eb-use-resource-based.html).
    this.letServices(logGroup, 'logs:CreateLogStream');
    this.letServices(logGroup, 'logs:PutLogEvents', { ArnEquals: { 'aws:SourceArn': this.rule.ruleArn } });
  }

  private letServices(logGroup: LogGroup, action: string, conditions: Record<string, unknown> = {}): void {
    logGroup.addToResourcePolicy(
      new PolicyStatement({
        principals: ['events', 'delivery.logs'].map((service) => new ServicePrincipal(`${service}.amazonaws.com`)),
        actions: [action],
        resources: [logGroup.logGroupArn],
        conditions,
      }),
    );
  }

  /** The one metric of a rule that has its name as a dimension and counts events (eventbridge/latest/userguide/eb-monitoring.html). */
  failed(period: Duration): Metric {
    return new Metric({
      namespace: 'AWS/Events',
      metricName: 'Invocations',
      dimensionsMap: { RuleName: this.rule.ruleName },
      statistic: Stats.SUM,
      period,
    });
  }
}

/** CDK's own target of this kind brings a custom resource with a function for the policy, which CloudFormation has a type for. */
function written(logGroup: LogGroup): IRuleTarget {
  const arn = Stack.of(logGroup).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: logGroup.logGroupName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return { bind: () => ({ arn, targetResource: logGroup }) };
}
