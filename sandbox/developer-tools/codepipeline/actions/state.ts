import type {
  DisableStageTransitionInput,
  EnableStageTransitionInput,
  GetPipelineStateInput,
  PutApprovalResultInput,
} from '@aws-sdk/client-codepipeline';
import { ServiceError } from '../../../aws-json/errors';
import type { Valid } from '../../../aws-json/valid';
import { latestRun, stageStates } from '../describe-state';
import { notInCodePipeline } from '../errors';
import type { Pipeline } from '../pipeline';
import type { CodePipelineContext } from './context';

export function getPipelineState({ name }: Valid<GetPipelineStateInput>, { caller, pipelines }: CodePipelineContext) {
  const pipeline = pipelines.named(caller, name);
  const { version: pipelineVersion, created, updated } = pipeline;
  return { pipelineName: name, pipelineVersion, created, updated, stageStates: stageStates(pipeline) };
}

export function disableStageTransition(
  { pipelineName, stageName, transitionType, reason }: Valid<DisableStageTransitionInput>,
  { caller, pipelines }: CodePipelineContext,
) {
  const pipeline = pipelines.named(caller, pipelineName);
  checkTransition(pipeline, stageName, transitionType);
  pipeline.disable(stageName, reason);
  return undefined;
}

export function enableStageTransition(
  { pipelineName, stageName, transitionType }: Valid<EnableStageTransitionInput>,
  { caller, pipelines }: CodePipelineContext,
) {
  const pipeline = pipelines.named(caller, pipelineName);
  checkTransition(pipeline, stageName, transitionType);
  pipeline.enable(stageName);
  return undefined;
}

/** PutApprovalResult: with the token that GetPipelineState shows while the action waits. */
export function putApprovalResult(
  { pipelineName, stageName, actionName, token, result }: Valid<PutApprovalResultInput>,
  { caller, pipelines, approvals }: CodePipelineContext,
) {
  const pipeline = pipelines.named(caller, pipelineName);
  const stage = stageOf(pipeline, stageName);
  if (!stage.actions.some(({ name }) => name === actionName)) {
    throw new ServiceError('ActionNotFoundException', `The stage ${stageName} has no action ${actionName}`);
  }
  const run = latestRun(pipeline, stageName, actionName)?.run;
  if (run?.token === token && run.status !== 'InProgress') {
    throw new ServiceError('ApprovalAlreadyCompletedException', `The approval ${actionName} is complete already`);
  }
  if (run?.token !== token) throw new ServiceError('InvalidApprovalTokenException', 'The approval token is not valid');
  approvals.answer(token, result);
  return { approvedAt: new Date() };
}

function checkTransition(pipeline: Pipeline, stageName: string, type: string): void {
  stageOf(pipeline, stageName);
  if (type !== 'Inbound') throw notInCodePipeline(`transitions of type ${type}`);
}

/** @throws ServiceError when the pipeline has no such stage */
function stageOf({ name, definition }: Pipeline, stageName: string) {
  const stage = definition.stages.find((each) => each.name === stageName);
  if (!stage) throw new ServiceError('StageNotFoundException', `The pipeline ${name} has no stage ${stageName}`);
  return stage;
}
