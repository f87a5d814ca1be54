import { Duration, Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  GraphWidgetView,
  type IAlarm,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
  SingleValueWidget,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { DASHBOARD_NAME, PIPELINE_NAME } from '../names';
import { NodeFunction } from '../node-function';
import { counted, syncDuration } from './own-metrics';
import type { PipelineFailures } from './pipeline-failures';

const WIDTH = 24;
const HEIGHT = 6;
const HOUR = Duration.hours(1);
const DAY = Duration.days(1);

export interface WatchDashboardProps {
  readonly alarms: readonly IAlarm[];
  readonly stateMachine: StateMachine;
  readonly pipelines: PipelineFailures;
  /** Name of the API that receives webhooks. */
  readonly apiName: string;
}

/** One page that answers three questions: is it healthy, what did it do, how long did it take. */
export class WatchDashboard extends Construct {
  constructor(scope: Construct, id: string, props: WatchDashboardProps) {
    super(scope, id);
    const rows: IWidget[][] = [
      [heading('Is it healthy?')],
      [new AlarmStatusWidget({ title: 'Alarms', alarms: [...props.alarms], width: WIDTH, height: 4 })],
      this.functions(),
      [heading('What did it do?')],
      whatItDid(),
      whatRan(props),
      [heading('How long did it take?')],
      howLong(props),
      deployed(),
    ];
    new Dashboard(this, 'Dashboard', {
      dashboardName: DASHBOARD_NAME,
      defaultInterval: Duration.days(7),
      widgets: rows,
    });
  }

  /** Errors and throttles of this project's own functions, a line each. */
  private functions(): IWidget[] {
    const functions = Stack.of(this)
      .node.findAll()
      .filter((node) => node instanceof NodeFunction);
    const label = ({ node }: NodeFunction) => node.path.split('/').slice(-2).join(' ');
    return [
      graph(
        "Functions' errors an hour",
        functions.map((one) => one.metricErrors({ period: HOUR, label: label(one) })),
        2,
      ),
      graph(
        "Functions' throttles an hour",
        functions.map((one) => one.metricThrottles({ period: HOUR, label: label(one) })),
        2,
      ),
    ];
  }
}

function whatItDid(): IWidget[] {
  return [
    graph(
      'Packages a day',
      [
        labelled(counted('PackagesCreated', DAY), 'created'),
        labelled(counted('PackagesUpdated', DAY), 'updated'),
        labelled(counted('PackagesDeleted', DAY), 'deleted'),
        labelled(counted('PackagesFailed', DAY), 'failed'),
        labelled(counted('PackagesBlocked', DAY), 'blocked'),
        labelled(counted('PackagesWaiting', DAY), 'waiting'),
      ],
      2,
      GraphWidgetView.BAR,
    ),
    graph(
      'Deliveries an hour, by their answers',
      [
        labelled(counted('WebhooksAccepted', HOUR), '202 accepted'),
        labelled(counted('WebhooksIgnored', HOUR), '200 ignored'),
        labelled(counted('WebhooksRejected', HOUR), '401 rejected'),
        labelled(counted('WebhooksMalformed', HOUR), '400 malformed'),
        labelled(counted('WebhooksUnavailable', HOUR), '503 to come again'),
      ],
      2,
    ),
  ];
}

function whatRan({ pipelines, stateMachine }: WatchDashboardProps): IWidget[] {
  return [
    new SingleValueWidget({
      title: 'The last sync of all: models',
      metrics: [
        counted('ModelsEnrolled', HOUR).with({ statistic: Stats.MAXIMUM, label: 'enrolled' }),
        counted('ModelsChanged', HOUR).with({ statistic: Stats.MAXIMUM, label: 'looked into' }),
      ],
      width: WIDTH / 4,
      height: HEIGHT,
    }),
    graph(
      'Changes that only the schedule found, a day',
      [labelled(counted('ChangesFoundBySchedule', DAY), 'packages')],
      4,
    ),
    graph(
      'Executions of the sync an hour',
      [
        stateMachine.metricSucceeded({ period: HOUR, label: 'succeeded' }),
        stateMachine.metricFailed({ period: HOUR, label: 'failed' }),
        stateMachine.metricTimedOut({ period: HOUR, label: 'timed out' }),
      ],
      4,
    ),
    graph('Failed runs of pipelines an hour', [labelled(pipelines.failed(HOUR), 'runs')], 4),
  ];
}

function howLong({ stateMachine, apiName }: WatchDashboardProps): IWidget[] {
  const api = (percentile: number) =>
    new Metric({
      namespace: 'AWS/ApiGateway',
      metricName: 'Latency',
      dimensionsMap: { ApiName: apiName },
      statistic: Stats.percentile(percentile),
      period: HOUR,
      label: `p${percentile}`,
    });
  return [
    graph(
      'Syncs that changed something, from the hint to the packages (ms)',
      [50, 95].map((percentile) => syncDuration(percentile, HOUR)),
      3,
    ),
    graph(
      'All executions of the sync (ms)',
      [50, 95].map((percentile) =>
        stateMachine.metricTime({ statistic: Stats.percentile(percentile), period: HOUR, label: `p${percentile}` }),
      ),
      3,
    ),
    graph('Answers to webhooks (ms)', [50, 95].map(api), 3),
  ];
}

function labelled(metric: Metric, label: string): Metric {
  return metric.with({ label });
}

/** Pipelines and endpoints come and go with models, so they are searched for. */
function deployed(): IWidget[] {
  const pipelines = `(mlflow OR PipelineName="${PIPELINE_NAME}")`;
  return [
    graph(
      'Runs of pipelines, the longest (s)',
      [found(`SEARCH('{AWS/CodePipeline,PipelineName} MetricName="PipelineDuration" ${pipelines}', 'Maximum', 3600)`)],
      2,
    ),
    graph(
      "Endpoints of this account, the slowest models' p95 (microseconds)",
      [
        found(
          `SLICE(SORT(SEARCH('{AWS/SageMaker,EndpointName,VariantName} MetricName="ModelLatency"', 'p95', 3600), MAX, DESC), 0, 10)`,
        ),
      ],
      2,
    ),
  ];
}

function found(expression: string): MathExpression {
  return new MathExpression({ expression, label: '', period: HOUR });
}

function heading(text: string): TextWidget {
  return new TextWidget({ markdown: `## ${text}`, width: WIDTH, height: 1 });
}

/** @param share how many of it stand in a row */
function graph(title: string, left: IMetric[], share: number, view = GraphWidgetView.TIME_SERIES): GraphWidget {
  return new GraphWidget({
    title,
    left,
    width: WIDTH / share,
    height: HEIGHT,
    view,
    leftYAxis: { min: 0, showUnits: false },
  });
}
