import type { EventSender } from '../../aws-json/events';
import type { ActionRun, Execution, StageRun } from './execution';
import type { Observer } from './observer';
import type { Pipeline } from './pipeline';

/** How events call the statuses of the API: an execution that is InProgress has STARTED; CANCELED has one L. */
const STATES: Readonly<Record<string, string>> = { InProgress: 'STARTED', Cancelled: 'CANCELED' };

/**
 * `CodePipeline Pipeline Execution State Change`, with the members of AWS's samples
 * (codepipeline/latest/userguide/detect-state-changes-cloudwatch-events), and a line in the log for every state change.
 */
export class PipelineEvents implements Observer {
  constructor(
    private readonly sender: EventSender,
    private readonly log: (line: string) => void,
  ) {}

  execution(pipeline: Pipeline, execution: Execution): void {
    const { trigger, ending, status = '' } = execution;
    const started = status === 'InProgress';
    this.sender.send(pipeline.owner, {
      detailType: 'CodePipeline Pipeline Execution State Change',
      resource: pipeline.arn,
      detail: {
        pipeline: pipeline.name,
        'execution-id': execution.id,
        ...(started
          ? { 'execution-trigger': { 'trigger-type': trigger.triggerType, 'trigger-detail': trigger.triggerDetail } }
          : {}),
        state: STATES[status] ?? status.toUpperCase(),
        ...(status === 'Stopping' && ending?.kind === 'stop' && ending.reason !== undefined
          ? { 'stop-execution-comments': ending.reason }
          : {}),
        version: execution.version,
      },
    });
    const why = started ? `by ${trigger.triggerType} ${trigger.triggerDetail ?? ''}` : (execution.summary ?? '');
    this.write(pipeline, execution, `${started ? 'Started' : status} ${why}`.trim());
  }

  stage(pipeline: Pipeline, execution: Execution, { stage, status }: StageRun): void {
    this.write(pipeline, execution, `${stage}: ${status}`);
  }

  action(pipeline: Pipeline, execution: Execution, run: ActionRun): void {
    const seconds = ((run.updated.getTime() - run.started.getTime()) / 1000).toFixed(1);
    const how = run.status === 'InProgress' ? '' : ` after ${seconds} s${run.error ? `: ${run.error.message}` : ''}`;
    this.write(pipeline, execution, `${run.stage}/${run.action.name}: ${run.status}${how}`);
  }

  private write(pipeline: Pipeline, execution: Execution, what: string): void {
    this.log(`pipeline ${pipeline.name} ${execution.id.slice(0, 8)} ${what}`);
  }
}
