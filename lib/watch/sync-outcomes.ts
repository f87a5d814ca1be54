import type { Duration } from 'aws-cdk-lib';
import { type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../../lambda/shared/metric-names';

const ended = (how: string) => FilterPattern.stringValue('$.type', '=', how);

/**
 * Executions of the sync that failed or timed out, out of the state machine's own log: a function of the sync cannot count those in
 * which no function came to its end. One that a person stopped is no news.
 */
export class SyncOutcomes extends Construct {
  private readonly failures: MetricFilter;

  constructor(scope: Construct, id: string, logGroup: ILogGroup) {
    super(scope, id);
    const metricName = 'SyncsFailed';
    this.failures = new MetricFilter(this, metricName, {
      ...{ logGroup, metricName, metricNamespace: METRICS_NAMESPACE },
      filterPattern: FilterPattern.any(ended('ExecutionTimedOut'), ended('ExecutionFailed')),
    });
  }

  failed(period: Duration): Metric {
    return this.failures.metric({ statistic: Stats.MAXIMUM, period });
  }
}
