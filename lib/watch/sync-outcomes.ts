import type { Duration } from 'aws-cdk-lib';
import { type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type IFilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../../lambda/shared/metric-names';
import { SYNC_HELD } from '../model-sync/sync-step';

const ended = (how: string) => FilterPattern.stringValue('$.type', '=', how);
const error = (comparison: '=' | '!=') => FilterPattern.stringValue('$.details.error', comparison, SYNC_HELD);

/**
 * How executions of the sync ended, told apart by their error, out of the state machine's own log: AWS/States counts all of them as
 * failed, and a function of the sync cannot count those in which no function came to its end. One that a person stopped is no news.
 */
export class SyncOutcomes extends Construct {
  private readonly failures: MetricFilter;
  private readonly holds: MetricFilter;

  constructor(scope: Construct, id: string, logGroup: ILogGroup) {
    super(scope, id);
    const filter = (metricName: string, filterPattern: IFilterPattern) =>
      new MetricFilter(this, metricName, { logGroup, filterPattern, metricNamespace: METRICS_NAMESPACE, metricName });
    this.failures = filter(
      'SyncsFailed',
      FilterPattern.any(ended('ExecutionTimedOut'), FilterPattern.all(ended('ExecutionFailed'), error('!='))),
    );
    this.holds = filter('SyncsHeld', FilterPattern.all(ended('ExecutionFailed'), error('=')));
  }

  failed(period: Duration): Metric {
    return this.failures.metric({ statistic: Stats.SUM, period });
  }

  held(period: Duration): Metric {
    return this.holds.metric({ statistic: Stats.SUM, period });
  }
}
