import type {
  ActionExecutionDetail,
  ActionExecutionResult,
  PipelineExecutionSummary,
} from '@aws-sdk/client-codepipeline';
import type { ActionRun, Execution, PlacedArtifact } from './execution';
import type { Pipeline } from './pipeline';

/** What ListPipelineExecutions answers of each. */
export function executionSummary(execution: Execution): PipelineExecutionSummary {
  const { id, status, summary, started, updated, sources, trigger, ending } = execution;
  return {
    pipelineExecutionId: id,
    status,
    ...(summary === undefined ? {} : { statusSummary: summary }),
    startTime: started,
    lastUpdateTime: updated,
    sourceRevisions: sources.map((source) => ({ ...source })),
    trigger,
    ...(ending?.kind === 'stop' && ending.reason !== undefined ? { stopTrigger: { reason: ending.reason } } : {}),
    executionMode: 'SUPERSEDED',
    executionType: 'STANDARD',
  };
}

/** What ListActionExecutions answers of each. */
export function actionDetails(pipeline: Pipeline, execution: Execution, run: ActionRun): ActionExecutionDetail {
  const { action } = run;
  return {
    pipelineExecutionId: execution.id,
    actionExecutionId: run.id,
    pipelineVersion: execution.version,
    stageName: run.stage,
    actionName: action.name,
    startTime: run.started,
    lastUpdateTime: run.updated,
    status: run.status,
    input: {
      actionTypeId: action.actionTypeId,
      configuration: action.configuration ?? {},
      resolvedConfiguration: action.configuration ?? {},
      ...(action.roleArn === undefined ? {} : { roleArn: action.roleArn }),
      region: pipeline.owner.region,
      inputArtifacts: run.inputs.map(artifactDetail),
    },
    output: {
      outputArtifacts: run.status === 'Succeeded' ? run.outputs.map(artifactDetail) : [],
      executionResult: resultOf(run),
    },
  };
}

function resultOf(run: ActionRun): ActionExecutionResult {
  return {
    ...(run.externalId === undefined ? {} : { externalExecutionId: run.externalId }),
    ...(run.summary === undefined ? {} : { externalExecutionSummary: run.summary }),
    ...(run.externalUrl === undefined ? {} : { externalExecutionUrl: run.externalUrl }),
    ...(run.error === undefined ? {} : { errorDetails: run.error }),
  };
}

function artifactDetail({ name, location }: PlacedArtifact) {
  return { name, s3location: { bucket: location.bucket, key: location.key } };
}
