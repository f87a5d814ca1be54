import type { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type CountName, METRICS_DIMENSIONS, METRICS_NAMESPACE, SYNC_DURATION } from '../../lambda/shared/metric-names';

/** How much was counted in each period. */
export function counted(metricName: CountName, period: Duration): Metric {
  return new Metric({ ...own(metricName), statistic: Stats.SUM, period });
}

/** How long syncs of a model took that changed something, in milliseconds. */
export function syncDuration(percentile: number, period: Duration): Metric {
  return new Metric({
    ...own(SYNC_DURATION),
    statistic: Stats.percentile(percentile),
    period,
    label: `p${percentile}`,
  });
}

function own(metricName: string) {
  return { namespace: METRICS_NAMESPACE, metricName, dimensionsMap: { ...METRICS_DIMENSIONS } };
}
