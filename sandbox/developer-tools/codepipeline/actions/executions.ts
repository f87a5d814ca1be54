import type {
  GetPipelineExecutionInput,
  ListActionExecutionsInput,
  ListPipelineExecutionsInput,
  StartPipelineExecutionInput,
  StopPipelineExecutionInput,
} from '@aws-sdk/client-codepipeline';
import { ServiceError, validationException } from '../../../aws-json/errors';
import type { Valid } from '../../../aws-json/valid';
import { pageOf } from '../../pages';
import { actionDetails, executionDetails, executionSummary } from '../describe';
import { notInCodePipeline } from '../errors';
import type { Execution, ExecutionRequest } from '../execution';
import type { Pipeline } from '../pipeline';
import { defaultVariables } from '../pipelines';
import { type CodePipelineContext, callerArn } from './context';
import { invalidToken } from './definitions';

type Start = Valid<StartPipelineExecutionInput>;

/** The longest page of the lists of executions, which is their default (API_ListPipelineExecutions, API_ListActionExecutions). */
const PAGE = 100;

/** StartPipelineExecution: the same token starts one execution, however often it is called. */
export function startPipelineExecution(input: Start, { caller, pipelines }: CodePipelineContext) {
  const pipeline = pipelines.named(caller, input.name);
  const token = input.clientRequestToken;
  const known = token === undefined ? undefined : pipeline.tokens.get(token);
  if (known !== undefined) return { pipelineExecutionId: known };
  const identity = callerArn(caller);
  // EventBridge starts for a rule, which is then told in place of a person.
  const triggerType = identity.startsWith('arn:aws:events:') ? 'CloudWatchEvent' : 'StartPipelineExecution';
  const { id } = pipelines.engine.start(pipeline, {
    trigger: { triggerType, triggerDetail: identity },
    variables: variablesOf(pipeline, input),
    revisions: revisionsOf(pipeline, input),
  });
  if (token !== undefined) pipeline.tokens.set(token, id);
  return { pipelineExecutionId: id };
}

function variablesOf({ definition }: Pipeline, { variables = [] }: Start): Record<string, string> {
  const declared = (definition.variables ?? []).map(({ name }) => name);
  const unknown = variables.find(({ name }) => !declared.includes(name));
  if (unknown) throw validationException(`The pipeline declares no variable ${unknown.name}.`);
  const values = {
    ...defaultVariables(definition),
    ...Object.fromEntries(variables.map(({ name, value }) => [name, value])),
  };
  const missing = declared.find((name) => values[name] === undefined);
  if (missing) throw validationException(`The variable ${missing} has no default: give a value for it.`);
  return values;
}

function revisionsOf(
  { definition }: Pipeline,
  { sourceRevisions = [] }: Start,
): NonNullable<ExecutionRequest['revisions']> {
  const sources = definition.stages[0]?.actions.map(({ name }) => name) ?? [];
  for (const { actionName, revisionType } of sourceRevisions) {
    if (!sources.includes(actionName)) throw validationException(`The pipeline has no source action ${actionName}.`);
    if (revisionType !== 'COMMIT_ID') throw notInCodePipeline(`source revisions of type ${revisionType}`);
  }
  return new Map(sourceRevisions.map(({ actionName, revisionValue }) => [actionName, revisionValue]));
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
  const stage = input.filter?.succeededInStage?.stageName;
  const succeeded = ({ stages }: Execution) => stages.some((run) => run.stage === stage && run.status === 'Succeeded');
  const all = [...pipelines.named(caller, input.pipelineName).executions]
    .reverse()
    .filter((execution) => stage === undefined || succeeded(execution))
    .map(executionSummary);
  const { items, ...rest } = pageOf(all, input.maxResults ?? PAGE, input.nextToken, invalidToken);
  return { pipelineExecutionSummaries: items, ...rest };
}

export function getPipelineExecution(
  { pipelineName, pipelineExecutionId }: Valid<GetPipelineExecutionInput>,
  { caller, pipelines }: CodePipelineContext,
) {
  const pipeline = pipelines.named(caller, pipelineName);
  return { pipelineExecution: executionDetails(pipeline, found(pipeline, pipelineExecutionId)) };
}

/** ListActionExecutions: the latest first. */
export function listActionExecutions(
  { pipelineName, filter, maxResults = PAGE, nextToken }: Valid<ListActionExecutionsInput>,
  { caller, pipelines }: CodePipelineContext,
) {
  const pipeline = pipelines.named(caller, pipelineName);
  const id = filter?.pipelineExecutionId ?? filter?.latestInPipelineExecution?.pipelineExecutionId;
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
