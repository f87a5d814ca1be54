import type { EventSender } from '../../aws-json/events';
import type { ActionRun, Execution, PlacedArtifact, StageRun } from './execution';
import type { Observer } from './observer';
import type { Pipeline } from './pipeline';

/** How events call the statuses of the API: an execution that is InProgress has STARTED; CANCELED has one L. */
const STATES: Readonly<Record<string, string>> = { InProgress: 'STARTED', Cancelled: 'CANCELED' };

/**
 * `CodePipeline Pipeline | Stage | Action Execution State Change`, with the members of AWS's samples
 * (codepipeline/latest/userguide/detect-state-changes-cloudwatch-events), and a line in the log for each.
 */
export class PipelineEvents implements Observer {
  constructor(
    private readonly sender: EventSender,
    private readonly log: (line: string) => void,
  ) {}

  execution(pipeline: Pipeline, execution: Execution): void {
    const { trigger } = execution.request;
    const started = execution.status === 'InProgress';
    const ending = execution.ending;
    this.send('Pipeline', pipeline, execution, {
      ...(started
        ? { 'execution-trigger': { 'trigger-type': trigger.triggerType, 'trigger-detail': trigger.triggerDetail } }
        : {}),
      state: stateOf(execution.status ?? ''),
      ...(execution.status === 'Stopping' && ending?.kind === 'stop' && ending.reason !== undefined
        ? { 'stop-execution-comments': ending.reason }
        : {}),
    });
    const why = started ? `by ${trigger.triggerType} ${trigger.triggerDetail ?? ''}` : (execution.summary ?? '');
    this.write(pipeline, execution, `${started ? 'Started' : execution.status} ${why}`.trim());
  }

  stage(pipeline: Pipeline, execution: Execution, { stage, status }: StageRun): void {
    this.send('Stage', pipeline, execution, { stage, state: stateOf(status ?? '') });
    this.write(pipeline, execution, `${stage}: ${status}`);
  }

  action(pipeline: Pipeline, execution: Execution, run: ActionRun): void {
    const { actionTypeId, name } = run.action;
    this.send('Action', pipeline, execution, {
      stage: run.stage,
      action: name,
      state: stateOf(run.status ?? ''),
      region: pipeline.owner.region,
      type: actionTypeId,
      ...(run.status === 'InProgress' ? { 'input-artifacts': run.inputs.map(place) } : {}),
      ...(run.status === 'Succeeded' ? { 'output-artifacts': run.outputs.map(place) } : {}),
      ...(run.status === 'InProgress' ? {} : { 'execution-result': resultOf(run) }),
    });
    const seconds = ((run.updated.getTime() - run.started.getTime()) / 1000).toFixed(1);
    const how = run.status === 'InProgress' ? '' : ` after ${seconds} s${run.error ? `: ${run.error.message}` : ''}`;
    this.write(pipeline, execution, `${run.stage}/${name}: ${run.status}${how}`);
  }

  private send(
    kind: 'Pipeline' | 'Stage' | 'Action',
    pipeline: Pipeline,
    execution: Execution,
    detail: Readonly<Record<string, unknown>>,
  ): void {
    this.sender.send(pipeline.owner, {
      detailType: `CodePipeline ${kind} Execution State Change`,
      resource: pipeline.arn,
      detail: { pipeline: pipeline.name, 'execution-id': execution.id, ...detail, version: execution.version },
    });
  }

  private write(pipeline: Pipeline, execution: Execution, what: string): void {
    this.log(`pipeline ${pipeline.name} ${execution.id.slice(0, 8)} ${what}`);
  }
}

function stateOf(status: string): string {
  return STATES[status] ?? status.toUpperCase();
}

function place({ name, location }: PlacedArtifact) {
  return { name, s3location: { bucket: location.bucket, key: location.key } };
}

function resultOf(run: ActionRun) {
  return {
    ...(run.externalId === undefined ? {} : { 'external-execution-id': run.externalId }),
    ...(run.externalUrl === undefined ? {} : { 'external-execution-url': run.externalUrl }),
    ...(run.summary === undefined ? {} : { 'external-execution-summary': run.summary }),
    ...(run.error === undefined ? {} : { 'error-code': run.error.code }),
  };
}
