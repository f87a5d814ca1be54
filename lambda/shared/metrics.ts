import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { once } from './context/once';
import { type CountName, METRICS_DIMENSIONS, METRICS_NAMESPACE } from './metric-names';

const library = once(() => new Metrics({ namespace: METRICS_NAMESPACE, serviceName: METRICS_DIMENSIONS.service }));

/** What is measured of one event. */
export interface Measured {
  readonly counts: Readonly<Partial<Record<CountName, number>>>;
  /** Milliseconds, by the metric's name. */
  readonly durations?: Readonly<Record<string, number>>;
  /** What the line in the log says besides, such as the model: members of the line, and not dimensions. */
  readonly about?: Readonly<Record<string, string>>;
}

/**
 * Measures something, by one line in the function's log that CloudWatch makes metrics of (CloudWatch_Embedded_Metric_Format_Specification).
 * So no call is made, and no right is needed.
 */
export function measure({ counts, durations = {}, about = {} }: Measured): void {
  const metrics = library();
  for (const [name, value] of Object.entries(counts)) {
    metrics.addMetric(name, MetricUnit.Count, value);
  }
  for (const [name, value] of Object.entries(durations)) {
    metrics.addMetric(name, MetricUnit.Milliseconds, value);
  }
  // What nothing is measured of must not be said of what is measured next.
  if (metrics.hasStoredMetrics()) {
    for (const [name, value] of Object.entries(about)) {
      metrics.addMetadata(name, value);
    }
    metrics.publishStoredMetrics();
  }
}
