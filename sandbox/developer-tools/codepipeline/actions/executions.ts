import type {
  ListActionExecutionsInput,
  ListPipelineExecutionsInput,
  StartPipelineExecutionInput,
  StopPipelineExecutionInput,
} from '@aws-sdk/client-codepipeline';
import { ServiceError } from '../../../aws-json/errors';
import type { Valid } from '../../../aws-json/valid';
import { pageOf } from '../../pages';
import { actionDetails, executionSummary } from '../describe';
import type { Execution } from '../execution';
import type { Pipeline } from '../pipeline';
import { type CodePipelineContext, callerArn } from './context';
import { invalidToken } from './definitions';

/** The longest page of the lists of executions, which is their default (API_ListPipelineExecutions, API_ListActionExecutions). */
const PAGE = 100;

/** StartPipelineExecution: the same token starts one execution, however often it is called. */
export function startPipelineExecution(
  input: Valid<StartPipelineExecutionInput>,
  { caller, pipelines }: CodePipelineContext,
) {
  const pipeline = pipelines.named(caller, input.name);
  const token = input.clientRequestToken;
  const known = token === undefined ? undefined : pipeline.tokens.get(token);
  if (known !== undefined) return { pipelineExecutionId: known };
  const identity = callerArn(caller);
  // EventBridge starts for a rule, which is then told in place of a person.
  const triggerType = identity.startsWith('arn:aws:events:') ? 'CloudWatchEvent' : 'StartPipelineExecution';
  const { id } = pipelines.engine.start(pipeline, { triggerType, triggerDetail: identity });
  if (token !== undefined) pipeline.tokens.set(token, id);
  return { pipelineExecutionId: id };
}

export function stopPipelineExecution(
  { pipelineName, pipelineExecutionId: id, abandon, reason }: Valid<StopPipelineExecutionInput>,
  { caller, pipelines }: CodePipelineContext,
) {
  const pipeline = pipelines.named(caller, pipelineName);
  const execution = pipeline.execution(id);
  if (!execution) {
    const message = `The pipeline ${pipelineName} has no execution ${id}`;
    throw new ServiceError('PipelineExecutionNotStoppableException', message);
  }
  pipelines.engine.stop(pipeline, execution, abandon ?? false, reason);
  return { pipelineExecutionId: id };
}

/** ListPipelineExecutions: the latest first. */
export function listPipelineExecutions(
  input: Valid<ListPipelineExecutionsInput>,
  { caller, pipelines }: CodePipelineContext,
) {
  const all = pipelines.named(caller, input.pipelineName).executions.toReversed().map(executionSummary);
  const { items, ...rest } = pageOf(all, input.maxResults ?? PAGE, input.nextToken, invalidToken);
  return { pipelineExecutionSummaries: items, ...rest };
}

/** ListActionExecutions: the latest first. */
export function listActionExecutions(
  { pipelineName, filter, maxResults = PAGE, nextToken }: Valid<ListActionExecutionsInput>,
  { caller, pipelines }: CodePipelineContext,
) {
  const pipeline = pipelines.named(caller, pipelineName);
  const id = filter?.pipelineExecutionId;
  const executions = id === undefined ? pipeline.executions : [found(pipeline, id)];
  const all = executions
    .flatMap((execution) => execution.actions.map((run) => actionDetails(pipeline, execution, run)))
    .reverse();
  const { items, ...rest } = pageOf(all, maxResults, nextToken, invalidToken);
  return { actionExecutionDetails: items, ...rest };
}

/** @throws ServiceError when the pipeline has no such execution */
function found(pipeline: Pipeline, id: string): Execution {
  const execution = pipeline.execution(id);
  if (execution) return execution;
  const message = `The pipeline ${pipeline.name} has no execution with the ID ${id}`;
  throw new ServiceError('PipelineExecutionNotFoundException', message);
}
