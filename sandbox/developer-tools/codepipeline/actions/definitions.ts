import type {
  CreatePipelineInput,
  DeletePipelineInput,
  GetPipelineInput,
  ListPipelinesInput,
  UpdatePipelineInput,
} from '@aws-sdk/client-codepipeline';
import { ServiceError } from '../../../aws-json/errors';
import type { Valid } from '../../../aws-json/valid';
import { pageOf } from '../../pages';
import type { Pipeline } from '../pipeline';
import { type CodePipelineContext, callerArn } from './context';

/** The longest page of ListPipelines, which is its default (API_ListPipelines). */
const PAGE = 1000;

/** CreatePipeline: the pipeline runs at once (codepipeline/latest/userguide/pipelines-create). */
export function createPipeline({ pipeline, tags }: Valid<CreatePipelineInput>, context: CodePipelineContext) {
  const created = context.pipelines.create(context.caller, pipeline, callerArn(context.caller));
  return { pipeline: declarationOf(created), tags };
}

/** UpdatePipeline: it does not run again for that (codepipeline/latest/userguide/pipelines-edit). */
export function updatePipeline({ pipeline }: Valid<UpdatePipelineInput>, { caller, pipelines }: CodePipelineContext) {
  return { pipeline: declarationOf(pipelines.update(caller, pipeline)) };
}

/** GetPipeline: former versions are not kept. */
export function getPipeline({ name, version }: Valid<GetPipelineInput>, { caller, pipelines }: CodePipelineContext) {
  const pipeline = pipelines.named(caller, name);
  if (version !== undefined && version !== pipeline.version) {
    const message = `The sandbox keeps the present version ${pipeline.version} of ${name} only, not ${version}.`;
    throw new ServiceError('PipelineVersionNotFoundException', message);
  }
  const { arn: pipelineArn, created, updated } = pipeline;
  return { pipeline: declarationOf(pipeline), metadata: { pipelineArn, created, updated } };
}

export function deletePipeline({ name }: Valid<DeletePipelineInput>, { caller, pipelines }: CodePipelineContext) {
  pipelines.delete(caller, name);
  return undefined;
}

export function listPipelines(input: Valid<ListPipelinesInput>, { caller, pipelines }: CodePipelineContext) {
  const all = pipelines.list(caller).map(({ name, version, created, updated, definition }) => ({
    name,
    version,
    created,
    updated,
    pipelineType: definition.pipelineType ?? 'V1',
    executionMode: definition.executionMode ?? 'SUPERSEDED',
  }));
  const { items, ...rest } = pageOf(all, input.maxResults ?? PAGE, input.nextToken, invalidToken);
  return { pipelines: items, ...rest };
}

/** CodePipeline's name for a token of no page. */
export function invalidToken(message: string): ServiceError {
  return new ServiceError('InvalidNextTokenException', message);
}

function declarationOf({ definition, version }: Pipeline) {
  return { ...definition, version };
}
