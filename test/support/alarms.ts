import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetExecutionHistoryCommand, paginateListExecutions } from '@aws-sdk/client-sfn';
import { ALARM_NAMES } from '../../lib/names';
import { clientConfig } from '../../sandbox/deploy/clients';
import { linesOf, metricFilters } from './cloudwatch-logs';
import { readMetrics } from './emf';
import { matchesPattern } from './filter-pattern';
import { allLogLines } from './function-logs';
import { deadLetters } from './queues';
import type { Stage } from './stories';

/** What was counted, by namespace, metric and dimensions. */
type Counts = Map<string, number>;

/**
 * The deployed alarms that CloudWatch would set off for what has happened since a time, all of it in one period. The sandbox keeps alarms
 * and metric filters, and evaluates none: here they meet what functions wrote, how executions ended, which pipelines' failures were
 * written down and what lies in queues. The one that looks at an expression, of a day, is not among them.
 *
 * @param since milliseconds since the epoch
 * @returns names without `mlflow-mlops-`, sorted
 */
export async function alarmsSince(stage: Stage, since: number): Promise<string[]> {
  const alarms = await deployedAlarms(stage);
  const counts: Counts = new Map();
  await countMeasured(stage, since, counts);
  await countEnds(stage, since, counts);
  await countDeadLetters(stage, counts);
  await countWrittenDown(stage, since, alarms, counts);
  return alarms
    .filter((alarm) => isOver(alarm, counts))
    .map(({ AlarmName = '' }) => AlarmName.slice(ALARM_NAMES.length))
    .sort();
}

/** The project's alarms, as they are deployed. */
export async function deployedAlarms({ env }: Stage): Promise<MetricAlarm[]> {
  const client = new CloudWatchClient(clientConfig(env.AWS_ENDPOINT_URL, env.AWS_ACCESS_KEY_ID));
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix: ALARM_NAMES }));
  return MetricAlarms;
}

function isOver(
  { Namespace, MetricName, Dimensions = [], Threshold = 0, ...rest }: MetricAlarm,
  counts: Counts,
): boolean {
  if (MetricName === undefined) {
    return false;
  }
  if (rest.ComparisonOperator !== 'GreaterThanOrEqualToThreshold') {
    throw new Error(`${rest.AlarmName} compares in another way: ${rest.ComparisonOperator}`);
  }
  const dimensions = Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value]));
  return (counts.get(keyOf(Namespace, MetricName, dimensions)) ?? 0) >= Threshold;
}

/** What functions measured. */
async function countMeasured({ env }: Stage, since: number, counts: Counts): Promise<void> {
  for (const line of await allLogLines(env, since)) {
    const read = readMetrics(line);
    for (const [name, value] of Object.entries(read?.values ?? {})) {
      add(counts, keyOf(read?.namespace, name, read?.dimensions ?? {}), value);
    }
  }
}

/** How executions ended, by the filters of their log, whose lines have the events' types and details. */
async function countEnds({ aws, env }: Stage, since: number, counts: Counts): Promise<void> {
  const filters = await metricFilters(env);
  const pages = paginateListExecutions({ client: aws.stepFunctions }, { stateMachineArn: env.STATE_MACHINE_ARN });
  for await (const { executions = [] } of pages) {
    for (const { executionArn, stopDate } of executions) {
      if (stopDate === undefined || stopDate.getTime() < since) {
        continue;
      }
      const last = { executionArn, reverseOrder: true, maxResults: 1 };
      const { events: [event] = [] } = await aws.stepFunctions.send(new GetExecutionHistoryCommand(last));
      const line = { type: event?.type, details: event?.executionFailedEventDetails };
      const matching = filters.filter(({ filterPattern }) => matchesPattern(filterPattern, line));
      for (const { metricName, metricNamespace } of matching.flatMap((filter) => filter.metricTransformations)) {
        add(counts, keyOf(metricNamespace, metricName, {}), 1);
      }
    }
  }
}

async function countDeadLetters(stage: Stage, counts: Counts): Promise<void> {
  for (const [QueueName, letters] of Object.entries(await deadLetters(stage))) {
    add(counts, keyOf('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName }), letters);
  }
}

/** How often the rules that alarms look at were invoked: each writes what it gets into a log group. */
async function countWrittenDown(
  { aws, env }: Stage,
  since: number,
  alarms: MetricAlarm[],
  counts: Counts,
): Promise<void> {
  for (const { Namespace, MetricName = '', Dimensions: [{ Value: Rule } = {}] = [] } of alarms) {
    if (Namespace === 'AWS/Events') {
      const { Targets = [] } = await aws.eventBridge.send(new ListTargetsByRuleCommand({ Rule }));
      const lines = await Promise.all(Targets.map(({ Arn = '' }) => linesOf(env, Arn.split(':').at(6) ?? '', since)));
      add(counts, keyOf(Namespace, MetricName, { RuleName: Rule ?? '' }), lines.flat().length);
    }
  }
}

function add(counts: Counts, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function keyOf(namespace: string | undefined, metric: string, dimensions: Readonly<Record<string, string>>): string {
  return JSON.stringify([namespace, metric, Object.entries(dimensions).sort()]);
}
