import type { ActionExecution, ActionState, StageState } from '@aws-sdk/client-codepipeline';
import type { Action, Stage } from './definition';
import type { ActionRun, Execution, StageRun } from './execution';
import type { Pipeline } from './pipeline';

/** What GetPipelineState answers of each stage of the present definition: what happened there last, and who waits. */
export function stageStates(pipeline: Pipeline): StageState[] {
  return pipeline.definition.stages.map((stage) => stageState(pipeline, stage));
}

function stageState(pipeline: Pipeline, stage: Stage): StageState {
  const inbound = pipeline.gate(stage.name).inbound.map(({ execution }) => ({
    pipelineExecutionId: execution.id,
    status: 'InProgress' as const,
  }));
  const transition = pipeline.transitions.get(stage.name);
  const latest = latestInStage(pipeline, stage.name);
  return {
    stageName: stage.name,
    ...(inbound[0] ? { inboundExecution: inbound[0], inboundExecutions: inbound } : {}),
    inboundTransitionState: {
      enabled: transition?.enabled ?? true,
      ...(transition?.reason === undefined ? {} : { disabledReason: transition.reason }),
      ...(transition?.changed === undefined ? {} : { lastChangedAt: transition.changed }),
    },
    actionStates: stage.actions.map((action) => actionState(pipeline, stage, action)),
    ...(latest
      ? { latestExecution: { pipelineExecutionId: latest.execution.id, status: latest.run.status, type: 'STANDARD' } }
      : {}),
  };
}

function latestInStage({ executions }: Pipeline, stage: string): { execution: Execution; run: StageRun } | undefined {
  for (const execution of [...executions].reverse()) {
    const run = execution.stages.find((each) => each.stage === stage);
    if (run) return { execution, run };
  }
  return undefined;
}

function actionState(pipeline: Pipeline, stage: Stage, action: Action): ActionState {
  const latest = latestRun(pipeline, stage.name, action.name);
  const revision = latest?.execution.sources.find(({ actionName }) => actionName === action.name);
  return {
    actionName: action.name,
    ...(revision && latest?.run.status === 'Succeeded'
      ? {
          currentRevision: {
            revisionId: revision.revisionId,
            revisionChangeId: revision.revisionId,
            created: latest.run.updated,
          },
        }
      : {}),
    ...(latest ? { latestExecution: actionExecution(latest.run) } : {}),
  };
}

/** The latest run of an action, whichever execution's it is. */
export function latestRun(
  { executions }: Pipeline,
  stage: string,
  action: string,
): { execution: Execution; run: ActionRun } | undefined {
  for (const execution of [...executions].reverse()) {
    const run = execution.actions.find((each) => each.stage === stage && each.action.name === action);
    if (run) return { execution, run };
  }
  return undefined;
}

function actionExecution(run: ActionRun): ActionExecution {
  return {
    actionExecutionId: run.id,
    status: run.status,
    ...(run.summary === undefined ? {} : { summary: run.summary }),
    lastStatusChange: run.updated,
    ...(run.token !== undefined && run.status === 'InProgress' ? { token: run.token } : {}),
    ...(run.externalId === undefined ? {} : { externalExecutionId: run.externalId }),
    ...(run.externalUrl === undefined ? {} : { externalExecutionUrl: run.externalUrl }),
    ...(run.error === undefined ? {} : { errorDetails: run.error }),
  };
}
