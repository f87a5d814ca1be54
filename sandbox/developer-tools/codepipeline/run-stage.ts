import type { StageExecutionStatus } from '@aws-sdk/client-codepipeline';
import { actionGroups, type Stage } from './definition';
import type { ActionRun, Execution } from './execution';
import type { Pipeline } from './pipeline';
import { type ActionTools, runAction } from './run-action';

/**
 * Runs the actions of a stage, those of one run order together. After each group it is seen whether the execution is to go on:
 * a failed action, a stop or an update of the pipeline end it there, with the actions that ran complete.
 *
 * @returns how the stage ended
 */
export async function runStage(
  pipeline: Pipeline,
  execution: Execution,
  stage: Stage,
  tools: ActionTools,
): Promise<StageExecutionStatus> {
  for (const group of actionGroups(stage)) {
    const running = group.map((action) => runAction(pipeline, execution, stage.name, action, tools));
    // What abandoned actions do goes on, and nobody waits for it.
    const ended = await Promise.race([Promise.all(running), execution.abandonment]);
    if (ended === 'abandoned') {
      markAbandoned(pipeline, execution, tools);
      return 'Stopped';
    }
    if (ended.some(({ status }) => status === 'Failed')) return 'Failed';
    if (execution.ending) return execution.ending.kind === 'stop' ? 'Stopped' : 'Cancelled';
  }
  return 'Succeeded';
}

function markAbandoned(pipeline: Pipeline, execution: Execution, { observer }: ActionTools): void {
  const running: ActionRun[] = execution.actions.filter(({ status }) => status === 'InProgress');
  for (const run of running) {
    run.status = 'Abandoned';
    run.updated = new Date();
    observer.action(pipeline, execution, run);
  }
}
