import type { Action } from '../../../aws-json/service';
import type { CodePipelineContext } from './context';
import * as definitions from './definitions';
import * as executions from './executions';

/** CodePipeline's actions that are here. */
export const CODE_PIPELINE_ACTIONS: ReadonlyMap<string, Action<CodePipelineContext>> = new Map<
  string,
  Action<CodePipelineContext>
>([
  ['GetPipeline', definitions.getPipeline],
  ['ListPipelines', definitions.listPipelines],
  ['StartPipelineExecution', executions.startPipelineExecution],
  ['StopPipelineExecution', executions.stopPipelineExecution],
  ['ListPipelineExecutions', executions.listPipelineExecutions],
  ['ListActionExecutions', executions.listActionExecutions],
]);

/** Members of inputs that AWS takes and that are not here, by action. */
export const UNSUPPORTED: Readonly<Record<string, readonly string[]>> = {
  GetPipeline: ['version'],
  StartPipelineExecution: ['variables', 'sourceRevisions'],
  ListPipelineExecutions: ['filter'],
  ListActionExecutions: ['filter.latestInPipelineExecution'],
};
