import type { Action } from '../../../aws-json/service';
import type { CodePipelineContext } from './context';
import * as definitions from './definitions';
import * as executions from './executions';
import * as state from './state';

/** CodePipeline's actions that are here. */
export const CODE_PIPELINE_ACTIONS: ReadonlyMap<string, Action<CodePipelineContext>> = new Map<
  string,
  Action<CodePipelineContext>
>([
  ['CreatePipeline', definitions.createPipeline],
  ['UpdatePipeline', definitions.updatePipeline],
  ['GetPipeline', definitions.getPipeline],
  ['DeletePipeline', definitions.deletePipeline],
  ['ListPipelines', definitions.listPipelines],
  ['StartPipelineExecution', executions.startPipelineExecution],
  ['StopPipelineExecution', executions.stopPipelineExecution],
  ['ListPipelineExecutions', executions.listPipelineExecutions],
  ['GetPipelineExecution', executions.getPipelineExecution],
  ['ListActionExecutions', executions.listActionExecutions],
  ['GetPipelineState', state.getPipelineState],
  ['DisableStageTransition', state.disableStageTransition],
  ['EnableStageTransition', state.enableStageTransition],
  ['PutApprovalResult', state.putApprovalResult],
]);
