import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Settings } from '../settings';
import { AlarmTopic } from './alarm-topic';
import { Alarms, type DeadLetters } from './alarms';
import { WatchDashboard } from './dashboard';
import { PipelineFailures } from './pipeline-failures';
import { SyncOutcomes } from './sync-outcomes';

/** The runbook's path in the repository, which mails say where nobody told its address. */
const RUNBOOK = 'docs/runbook.md';

export interface WatchProps extends Pick<Settings, 'alarmEmails' | 'runbookUrl'> {
  readonly stateMachine: StateMachine;
  /** The state machine's log. */
  readonly syncLog: ILogGroup;
  /** Every dead-letter queue that there is. */
  readonly deadLetters: readonly DeadLetters[];
  /** Name of the API that receives webhooks. */
  readonly apiName: string;
  /** Rotates the webhook secret. */
  readonly rotation: IFunction;
  /** Deletes environment images that nothing uses. */
  readonly imageSweep: IFunction;
}

/** Watches over the installation: one topic, alarms that each lead to a section of the runbook, and one dashboard. */
export class Watch extends Construct {
  /** Hears of all alarms. */
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    this.topic = new AlarmTopic(this, 'Topic', props.alarmEmails);
    const outcomes = new SyncOutcomes(this, 'Outcomes', props.syncLog);
    const pipelines = new PipelineFailures(this, 'Pipelines');
    const alarms = new Alarms(this, 'Alarms', {
      notice: { topic: this.topic, runbook: props.runbookUrl ?? RUNBOOK },
      outcomes,
      pipelines,
      deadLetters: props.deadLetters,
      apiName: props.apiName,
      rotation: props.rotation,
      imageSweep: props.imageSweep,
    });
    new WatchDashboard(this, 'Dashboard', { ...props, alarms: alarms.all, pipelines });
  }
}
