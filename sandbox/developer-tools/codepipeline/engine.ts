import type { ExecutionTrigger, PipelineExecutionStatus, StageExecutionStatus } from '@aws-sdk/client-codepipeline';
import { reasonOf, ServiceError } from '../../aws-json/errors';
import type { Stage } from './definition';
import { Execution, type StageRun } from './execution';
import type { Passenger, Pipeline } from './pipeline';
import type { ActionTools } from './run-action';
import { runStage } from './run-stage';

/** Takes executions through the stages of their pipelines. */
export class Engine {
  private readonly passengers = new Map<Execution, Passenger>();

  constructor(private readonly tools: ActionTools) {}

  /** Starts an execution of a pipeline as it is defined now. */
  start(pipeline: Pipeline, trigger: ExecutionTrigger): Execution {
    const execution = new Execution(pipeline.definition, pipeline.version, trigger);
    pipeline.executions.push(execution);
    this.passengers.set(execution, {
      execution,
      superseded: () => this.end(pipeline, execution, 'Superseded'),
    });
    this.tools.observer.execution(pipeline, execution);
    // A bug of the sandbox is the execution's failure, and is told as one.
    this.travel(pipeline, execution).catch((error: unknown) => {
      this.end(pipeline, execution, 'Failed', `the sandbox failed: ${reasonOf(error)}`);
    });
    return execution;
  }

  /**
   * Stops an execution: at once when it waits in front of a stage or its actions are abandoned, else when the actions that run
   * are complete.
   *
   * @throws ServiceError when it has ended already, or is being stopped already
   */
  stop(pipeline: Pipeline, execution: Execution, abandon: boolean, reason: string | undefined): void {
    const stopping = execution.status === 'Stopping';
    if (!execution.isActive) {
      const message = `The execution ${execution.id} has ended as ${execution.status}: it cannot be stopped`;
      throw new ServiceError('PipelineExecutionNotStoppableException', message);
    }
    if (stopping && !abandon) {
      const message = `The execution ${execution.id} is being stopped already`;
      throw new ServiceError('DuplicatedStopRequestException', message);
    }
    execution.ending = { kind: 'stop', abandon, reason };
    if (!stopping) {
      this.enter(pipeline, execution, 'Stopping');
      const stage = execution.stages.at(-1);
      if (stage?.status === 'InProgress') this.note(pipeline, execution, stage, 'Stopping');
    }
    if (this.withdraw(pipeline, execution)) this.end(pipeline, execution, 'Stopped', reason);
    else if (abandon) execution.abandon();
  }

  /** After its definition was updated: every execution ends, those whose actions run when these are complete. */
  cancelAll(pipeline: Pipeline): void {
    for (const execution of pipeline.executions.filter(({ isActive }) => isActive)) {
      execution.ending ??= { kind: 'cancel' };
      if (this.withdraw(pipeline, execution)) this.end(pipeline, execution, 'Cancelled');
    }
  }

  /** Ends every execution at once; actions that run go on by themselves. */
  abandonAll(pipeline: Pipeline): void {
    for (const execution of pipeline.executions.filter(({ isActive }) => isActive)) {
      execution.ending = { kind: 'stop', abandon: true, reason: undefined };
      if (this.withdraw(pipeline, execution)) this.end(pipeline, execution, 'Stopped');
      else execution.abandon();
    }
  }

  private async travel(pipeline: Pipeline, execution: Execution): Promise<void> {
    for (const stage of execution.definition.stages) {
      const passenger = this.passengers.get(execution);
      if (!passenger || !(await pipeline.gate(stage.name).arrive(passenger))) return;
      const outcome = await this.pass(pipeline, execution, stage);
      if (outcome !== 'Succeeded') {
        const status = outcome === 'Failed' || outcome === 'Stopped' ? outcome : 'Cancelled';
        this.end(pipeline, execution, status, summaryOf(execution));
        pipeline.gate(stage.name).leave();
        return;
      }
      pipeline.gate(stage.name).leave();
    }
    this.end(pipeline, execution, 'Succeeded');
  }

  private async pass(pipeline: Pipeline, execution: Execution, stage: Stage): Promise<StageExecutionStatus> {
    const run: StageRun = { stage: stage.name, status: 'InProgress' };
    execution.stages.push(run);
    this.tools.observer.stage(pipeline, execution, run);
    const outcome = await runStage(pipeline, execution, stage, this.tools);
    this.note(pipeline, execution, run, outcome);
    return outcome;
  }

  private withdraw(pipeline: Pipeline, execution: Execution): boolean {
    const passenger = this.passengers.get(execution);
    if (!passenger) return false;
    return execution.definition.stages.some(({ name }) => pipeline.gate(name).withdraw(passenger));
  }

  private note(pipeline: Pipeline, execution: Execution, run: StageRun, status: StageExecutionStatus): void {
    run.status = status;
    this.tools.observer.stage(pipeline, execution, run);
  }

  private end(pipeline: Pipeline, execution: Execution, status: PipelineExecutionStatus, summary?: string): void {
    execution.summary = summary;
    this.passengers.delete(execution);
    this.enter(pipeline, execution, status);
  }

  private enter(pipeline: Pipeline, execution: Execution, status: PipelineExecutionStatus): void {
    execution.status = status;
    execution.updated = new Date();
    this.tools.observer.execution(pipeline, execution);
  }
}

/** Why an execution ended as it did: its failed actions, or the reason that it was stopped for. */
function summaryOf(execution: Execution): string | undefined {
  const failed = execution.actions.filter(({ status }) => status === 'Failed');
  if (failed.length > 0)
    return failed.map(({ stage, action, error }) => `${stage}/${action.name}: ${error?.message}`).join('; ');
  return execution.ending?.kind === 'stop' ? execution.ending.reason : undefined;
}
