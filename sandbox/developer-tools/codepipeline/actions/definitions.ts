import type { GetPipelineInput, ListPipelinesInput } from '@aws-sdk/client-codepipeline';
import { ServiceError } from '../../../aws-json/errors';
import type { Valid } from '../../../aws-json/valid';
import { pageOf } from '../../pages';
import type { CodePipelineContext } from './context';

/** The longest page of ListPipelines, which is its default (API_ListPipelines). */
const PAGE = 1000;

export function getPipeline({ name }: Valid<GetPipelineInput>, { caller, pipelines }: CodePipelineContext) {
  const { arn: pipelineArn, created, updated, definition, version } = pipelines.named(caller, name);
  return { pipeline: { ...definition, version }, metadata: { pipelineArn, created, updated } };
}

export function listPipelines(input: Valid<ListPipelinesInput>, { caller, pipelines }: CodePipelineContext) {
  const all = pipelines.list(caller).map(({ name, version, created, updated, definition }) => ({
    name,
    version,
    created,
    updated,
    pipelineType: definition.pipelineType ?? 'V1',
    executionMode: 'SUPERSEDED',
  }));
  const { items, ...rest } = pageOf(all, input.maxResults ?? PAGE, input.nextToken, invalidToken);
  return { pipelines: items, ...rest };
}

/** CodePipeline's name for a token of no page. */
export function invalidToken(message: string): ServiceError {
  return new ServiceError('InvalidNextTokenException', message);
}
