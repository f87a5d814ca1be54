import { Match, type Template } from 'aws-cdk-lib/assertions';
import { synthesize } from '../../support/synth';

let template: Template;

beforeAll(() => {
  template = synthesize({ 'alarm-emails': ['ops@example.com', 'ml@example.com'] }).modelSync;
}, 60_000);

const account = { Ref: 'AWS::AccountId' };
const joined = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });

interface Metric {
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Metric: { readonly Namespace: string; readonly MetricName: string; readonly Dimensions?: object[] };
    readonly Period: number;
    readonly Stat: string;
  };
}

interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions: object[];
  readonly OKActions: object[];
  readonly Metrics?: Metric[];
  readonly EvaluationPeriods: number;
  readonly Period?: number;
  readonly Namespace?: string;
  readonly Statistic?: string;
  readonly ComparisonOperator: string;
}

function alarms(): AlarmProperties[] {
  return Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
}

function topicId(): string {
  const [id, ...others] = Object.keys(template.findResources('AWS::SNS::Topic'));
  expect(others).toEqual([]);
  return id ?? '';
}

describe('the topic', () => {
  test('is the only one, tells its ARN, and asks the people of the setting to subscribe', () => {
    template.hasOutput('AlarmTopicArn', { Value: { Ref: topicId() } });
    for (const Endpoint of ['ops@example.com', 'ml@example.com']) {
      template.hasResourceProperties('AWS::SNS::Subscription', {
        Endpoint,
        Protocol: 'email',
        TopicArn: { Ref: topicId() },
      });
    }
    synthesize().modelSync.resourceCountIs('AWS::SNS::Subscription', 0);
  });

  test("takes messages over TLS only, and of services only those of this account's alarms", () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [{ Ref: topicId() }],
      PolicyDocument: {
        Statement: Match.arrayEquals([
          Match.objectLike({
            Effect: 'Deny',
            Principal: '*',
            Action: 'sns:Publish',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Condition: {
              StringEquals: { 'aws:SourceAccount': account },
              ArnLike: {
                'aws:SourceArn': joined(
                  'arn:',
                  { Ref: 'AWS::Partition' },
                  ':cloudwatch:',
                  { Ref: 'AWS::Region' },
                  ':',
                  account,
                  ':alarm:mlflow-mlops-*',
                ),
              },
            },
          }),
        ]),
      },
    });
  });
});

describe('alarms', () => {
  test('are those that docs/operations.md lists', () => {
    expect(alarms().map(({ AlarmName }) => AlarmName.replace('mlflow-mlops-', ''))).toEqual([
      'sync-failed',
      'deletions-blocked',
      'dead-letters-syncs',
      'dead-letters-starts-of-pipelines',
      'dead-letters-ended-builds',
      'webhooks-rejected',
      'no-webhooks',
      'rotation-failed',
      'pipeline-failed',
      'archive-sweep-failed',
      'image-sweep-failed',
    ]);
  });

  test('tell the topic of their beginning and of their end, with a name that its policy lets through', () => {
    for (const { AlarmName, AlarmActions, OKActions } of alarms()) {
      expect(AlarmName).toMatch(/^mlflow-mlops-/);
      expect([AlarmActions, OKActions]).toEqual([[{ Ref: topicId() }], [{ Ref: topicId() }]]);
    }
  });

  test('are quiet while nothing happens', () => {
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { TreatMissingData: 'notBreaching' });
  });

  // API_PutMetricAlarm: a day at most for periods below an hour, else a week; 1,024 characters of description.
  test('stay within what CloudWatch takes', () => {
    for (const { AlarmName, AlarmDescription, Metrics = [], EvaluationPeriods, Period } of alarms()) {
      const period = Math.max(Period ?? 0, ...Metrics.map(({ MetricStat }) => MetricStat?.Period ?? 0));
      const longest = period < 3600 ? 86_400 : 604_800;
      expect([AlarmName, period > 0, period * EvaluationPeriods <= longest]).toEqual([AlarmName, true, true]);
      expect(AlarmDescription.length).toBeLessThan(1024);
    }
  });

  test('there is one for each dead-letter queue that there is', () => {
    const queues = Object.keys(template.findResources('AWS::SQS::Queue'));
    expect(queues.length).toBeGreaterThan(1);
    for (const queue of queues) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Statistic: 'Maximum',
        Threshold: 1,
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
      });
    }
  });

  test('a failed rotation of the webhook secret is one of its function', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'mlflow-mlops-rotation-failed',
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('^WebhookSecretRotationRotate') } }],
    });
  });

  test('failed syncs are counted in the log of executions, blocked deletions by the functions', () => {
    const filter = (MetricName: string, FilterPattern: string) =>
      template.hasResourceProperties('AWS::Logs::MetricFilter', {
        FilterPattern,
        LogGroupName: { Ref: Match.stringLikeRegexp('^SyncLogs') },
        MetricTransformations: [{ MetricName, MetricNamespace: 'MLflow-MLOps', MetricValue: '1' }],
      });
    filter('SyncsFailed', '{ ($.type = "ExecutionTimedOut") || ($.type = "ExecutionFailed") }');
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'mlflow-mlops-deletions-blocked',
      MetricName: 'PackagesBlocked',
      Namespace: 'MLflow-MLOps',
      Threshold: 1,
    });
    // The log has the error only with the data of executions.
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      LoggingConfiguration: {
        IncludeExecutionData: true,
        Level: 'ALL',
        Destinations: [
          {
            CloudWatchLogsLogGroup: {
              LogGroupArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SyncLogs'), 'Arn'] },
            },
          },
        ],
      },
    });
  });

  test('no webhooks: only a day on which the schedule found changes and no delivery was signed', () => {
    const [{ Metrics = [] } = { Metrics: [] }] = alarms().filter(({ AlarmName }) => AlarmName.endsWith('no-webhooks'));
    const [{ Expression = '' } = {}, ...metrics] = Metrics;
    expect(
      metrics.map(({ MetricStat }) => [MetricStat?.Metric.MetricName, MetricStat?.Period, MetricStat?.Stat]),
    ).toEqual([
      ['ChangesFoundBySchedule', 86_400, 'Maximum'],
      ['Count', 86_400, 'Sum'],
      ['4XXError', 86_400, 'Sum'],
      ['5XXError', 86_400, 'Sum'],
    ]);
    expect(Expression).toBe('IF(found > 0 AND FILL(requests, 0) - FILL(refused, 0) - FILL(failed, 0) <= 0, 1, 0)');
  });

  // The code of an endpoint writes metrics of any name by lines in its log, negative ones too. Only AWS writes into AWS/...
  test('a forged metric silences none', () => {
    const asked = alarms().flatMap(({ AlarmName, Namespace, Statistic, ComparisonOperator, Metrics = [] }) => {
      expect(ComparisonOperator).toBe('GreaterThanOrEqualToThreshold');
      return [
        { AlarmName, Namespace, Stat: Statistic },
        ...Metrics.map(({ MetricStat }) => ({
          AlarmName,
          Namespace: MetricStat?.Metric.Namespace,
          Stat: MetricStat?.Stat,
        })),
      ];
    });
    const forgeable = asked.filter(({ Namespace }) => Namespace !== undefined && !/^AWS[/]/.test(Namespace));
    expect(forgeable.map(({ AlarmName, Stat }) => [AlarmName.replace('mlflow-mlops-', ''), Stat])).toEqual([
      ['sync-failed', 'Maximum'],
      ['deletions-blocked', 'Maximum'],
      ['webhooks-rejected', 'SampleCount'],
      ['no-webhooks', 'Maximum'],
      ['archive-sweep-failed', 'Maximum'],
    ]);
  });
});

describe('pipelines', () => {
  const failures = () => {
    const [[id, { Properties }] = ['', { Properties: {} }]] = Object.entries(
      template.findResources('AWS::Events::Rule', { Properties: { EventPattern: { source: ['aws.codepipeline'] } } }),
    );
    return { id, properties: Properties };
  };

  /** The statements of all resource policies of CloudWatch Logs. */
  const logPolicies = (): { Effect: string; Action: unknown; Condition?: unknown }[] =>
    Object.values(template.findResources('AWS::Logs::ResourcePolicy')).flatMap(({ Properties }) => {
      const parts: (string | { 'Fn::GetAtt': string[] })[] = Properties.PolicyDocument['Fn::Join'][1];
      const text = parts.map((part) => (typeof part === 'string' ? part : `<${part['Fn::GetAtt'][0]}>`)).join('');
      return JSON.parse(text).Statement;
    });

  test("failed runs of the models' pipelines and of this project's own are written down, and no others", () => {
    expect(failures().properties.EventPattern).toEqual({
      source: ['aws.codepipeline'],
      'detail-type': ['CodePipeline Pipeline Execution State Change'],
      detail: { state: ['FAILED'], pipeline: ['MLflow-MLOps', { wildcard: 'sagemaker-mlflow-*-pipeline' }] },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/aws/events/mlflow-mlops-pipeline-failures',
      RetentionInDays: 90,
    });
  });

  test('by this rule alone', () => {
    const [written, ...others] = logPolicies().filter(({ Action }) => Action === 'logs:PutLogEvents');
    expect(others).toEqual([]);
    expect(written?.Condition).toEqual({ ArnEquals: { 'aws:SourceArn': `<${failures().id}>` } });
  });

  test('in streams that EventBridge creates without naming a rule', () => {
    const [created, ...others] = logPolicies().filter(({ Action }) => Action !== 'logs:PutLogEvents');
    expect(others).toEqual([]);
    expect(created).toMatchObject({ Effect: 'Allow', Action: 'logs:CreateLogStream' });
    expect(created?.Condition).toBeUndefined();
  });

  test('and counted by EventBridge', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'mlflow-mlops-pipeline-failed',
      Namespace: 'AWS/Events',
      MetricName: 'Invocations',
      Dimensions: [{ Name: 'RuleName', Value: { Ref: failures().id } }],
    });
  });
});
