import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { ALARM_NAMES } from '../names';

/** Where alarms tell, and where their runbook is. */
export interface Notice {
  readonly topic: ITopic;
  /** Address of `docs/runbook.md` for people who read mails; its path in the repository where nobody said one. */
  readonly runbook: string;
}

export interface RunbookAlarmProps {
  /** Follows `mlflow-mlops-` in the alarm's name. @default - that of the runbook's section */
  readonly alarmName?: string;
  /** Heading of its section in `docs/runbook.md`, as an anchor. */
  readonly section: string;
  /** What has happened, in a sentence. */
  readonly means: string;
  readonly metric: IMetric;
  /** Values from this one on are alarming. @default 1 */
  readonly threshold?: number;
  /** How many of the metric's periods are looked at: one that alarms among them is enough. @default 1 */
  readonly periods?: number;
}

/**
 * An alarm that leads to what is to be done: its description ends with a link to its section of the runbook. The topic hears of its
 * beginning and of its end.
 *
 * What is counted here has data only where something happened, so no data is good news in every case.
 */
export class RunbookAlarm extends Alarm {
  constructor(scope: Construct, id: string, { topic, runbook }: Notice, props: RunbookAlarmProps) {
    super(scope, id, {
      alarmName: `${ALARM_NAMES}${props.alarmName ?? props.section}`,
      alarmDescription: `${props.means} Runbook: ${runbook}#${props.section}`,
      metric: props.metric,
      threshold: props.threshold ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: props.periods ?? 1,
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const tell = new SnsAction(topic);
    this.addAlarmAction(tell);
    this.addOkAction(tell);
  }
}
