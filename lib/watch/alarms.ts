import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { counted } from './own-metrics';
import type { PipelineFailures } from './pipeline-failures';
import { type Notice, RunbookAlarm, type RunbookAlarmProps } from './runbook-alarm';
import type { SyncOutcomes } from './sync-outcomes';

/** Soon enough for people, and long enough for numbers out of logs, which come a minute or two late. */
const SOON = Duration.minutes(5);
const HOUR = Duration.hours(1);
const DAY = Duration.days(1);
/**
 * Two hours in periods of {@link SOON}, and one more: the hourly sync tries again, so the alarm stays on until one has gone well, and
 * does not come and go each hour.
 */
const UNTIL_TRIED_AGAIN = 25;
/**
 * A day in hours, and one more: a model is swept when it changes and once a day, so the alarm stays on until that has gone well. After
 * a day, webhooks with a previous secret are refused, and `webhooks-rejected` takes over.
 */
const UNTIL_LOOKED_AGAIN = 25;
/** Rejected deliveries within {@link REJECTED_PERIOD}: more than passers-by try at an address, less than a registry in use sends. */
const REJECTED_MAX = 10;
const REJECTED_PERIOD = Duration.minutes(15);

/** A dead-letter queue, by what its events were meant for. */
export interface DeadLetters {
  /** As in an alarm's name. */
  readonly of: string;
  readonly queue: IQueue;
}

export interface AlarmsProps {
  readonly notice: Notice;
  readonly outcomes: SyncOutcomes;
  readonly pipelines: PipelineFailures;
  readonly deadLetters: readonly DeadLetters[];
  /** Name of the API that receives webhooks. */
  readonly apiName: string;
  readonly rotation: IFunction;
  readonly imageSweep: IFunction;
}

/**
 * All alarms of the installation.
 *
 * The code of a model can write any metric outside `AWS/...`: a line of its endpoint's log in the embedded metric format is enough. So
 * an alarm asks such metrics for their maximum or for the number of their values, which no further value lowers: forged ones can set
 * an alarm off, and silence none.
 */
export class Alarms extends Construct {
  readonly all: readonly RunbookAlarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { notice, outcomes, pipelines, deadLetters, apiName, rotation, imageSweep } = props;
    const alarm = (name: string, props: RunbookAlarmProps) => new RunbookAlarm(this, name, notice, props);
    this.all = [
      alarm('SyncFailed', {
        section: 'sync-failed',
        means: 'A sync could not do everything; what it could do is done, and the hourly sync tries the rest again.',
        metric: outcomes.failed(SOON),
        periods: UNTIL_TRIED_AGAIN,
      }),
      alarm('DeletionsBlocked', {
        section: 'deletions-blocked',
        means:
          'MLflow does not list versions that have packages. Their endpoints keep serving until the waiting time ends or a person confirms.',
        metric: counted('PackagesBlocked', SOON).with({ statistic: Stats.MAXIMUM }),
        periods: UNTIL_TRIED_AGAIN,
      }),
      ...deadLetters.map(({ of, queue }) =>
        alarm(`DeadLetters-${of}`, {
          alarmName: `dead-letters-${of}`,
          section: 'dead-letters',
          means: `Events for ${of.replaceAll('-', ' ')} could not be delivered and are kept for 14 days.`,
          metric: queue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period: SOON }),
        }),
      ),
      alarm('WebhooksRejected', {
        section: 'webhooks-rejected',
        means: `${REJECTED_MAX} deliveries or more in ${REJECTED_PERIOD.toMinutes()} minutes came without a good signature.`,
        // Each is counted by a value of its own.
        metric: counted('WebhooksRejected', REJECTED_PERIOD).with({ statistic: Stats.SAMPLE_COUNT }),
        threshold: REJECTED_MAX,
      }),
      alarm('NoWebhooks', {
        section: 'no-webhooks',
        means: 'For a day no signed delivery came, and the hourly sync found changes: webhooks do not arrive.',
        metric: missedByWebhooks(apiName),
      }),
      alarm('RotationFailed', {
        section: 'rotation-failed',
        means:
          'The webhook secret was not rotated completely. Webhooks are refused a day after a rotation that stopped half-way.',
        metric: rotation.metricErrors({ period: HOUR }),
        periods: UNTIL_LOOKED_AGAIN,
      }),
      alarm('PipelineFailed', {
        section: 'pipeline-failed',
        means:
          "A run of a model's pipeline, or of the pipeline MLflow-MLOps, failed; what was deployed before serves on.",
        metric: pipelines.failed(SOON),
      }),
      alarm('ArchiveSweepFailed', {
        section: 'archive-sweep-failed',
        means: 'Archives that no package of a model refers to could not be looked through: they stay and cost.',
        metric: counted('SweepsFailed', HOUR).with({ statistic: Stats.MAXIMUM }),
        periods: UNTIL_LOOKED_AGAIN,
      }),
      alarm('ImageSweepFailed', {
        section: 'image-sweep-failed',
        means: 'Environment images that nothing uses could not be looked through: they stay and cost.',
        metric: imageSweep.metricErrors({ period: HOUR }),
        periods: UNTIL_LOOKED_AGAIN,
      }),
    ];
  }
}

/**
 * 1 on a day on which only the schedule found changes. Signed deliveries are the requests that API Gateway has answered with neither
 * 4xx nor 5xx; it counts nothing on a day without requests.
 */
function missedByWebhooks(apiName: string): MathExpression {
  const answered = (metricName: string) =>
    new Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap: { ApiName: apiName },
      statistic: Stats.SUM,
      period: DAY,
    });
  return new MathExpression({
    expression: 'IF(found > 0 AND FILL(requests, 0) - FILL(refused, 0) - FILL(failed, 0) <= 0, 1, 0)',
    usingMetrics: {
      found: counted('ChangesFoundBySchedule', DAY).with({ statistic: Stats.MAXIMUM }),
      requests: answered('Count'),
      refused: answered('4XXError'),
      failed: answered('5XXError'),
    },
    period: DAY,
    label: 'days without webhooks',
  });
}
