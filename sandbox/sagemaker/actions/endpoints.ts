import type {
  CreateEndpointInput,
  DeleteEndpointInput,
  DescribeEndpointInput,
  ListEndpointsInput,
  UpdateEndpointInput,
} from '@aws-sdk/client-sagemaker';
import { validationException } from '../../aws-json/errors';
import type { Valid } from '../../aws-json/valid';
import { arnOf } from '../arn';
import { findEndpoint, findEndpointConfig, refuseExisting } from '../find';
import { page } from '../paging';
import type { StoredEndpoint } from '../state';
import { isServerless } from '../variants';
import type { ActionContext } from './context';
import { tagMap } from './tags';

/** CreateEndpoint: answers at once; the endpoint is Creating until its workers serve or fail. */
export function createEndpoint(input: Valid<CreateEndpointInput>, { caller, state, endpoints }: ActionContext) {
  const arn = arnOf(caller, 'endpoint', input.EndpointName);
  refuseExisting(state.endpoints.has(input.EndpointName), 'endpoint', arn);
  const config = findEndpointConfig(state, input.EndpointConfigName);
  const now = new Date();
  const endpoint: StoredEndpoint = {
    sequence: state.nextSequence(),
    tags: tagMap(input.Tags),
    name: input.EndpointName,
    arn,
    creationTime: now,
    lastModifiedTime: now,
    status: 'Creating',
    config,
    variants: [],
  };
  state.endpoints.set(input.EndpointName, endpoint);
  endpoints.create(state, endpoint);
  return { EndpointArn: arn };
}

/** DescribeEndpoint. An endpoint that is being created has no variants yet; one that is being updated shows the old ones. */
export function describeEndpoint(input: Valid<DescribeEndpointInput>, { state }: ActionContext) {
  const endpoint = findEndpoint(state, input.EndpointName);
  const { details: config } = endpoint.config;
  return {
    ...summary(endpoint),
    EndpointConfigName: config.EndpointConfigName,
    ProductionVariants: endpoint.variants.length > 0 ? endpoint.variants : undefined,
    FailureReason: endpoint.failureReason,
    PendingDeploymentSummary: endpoint.pendingDeployment,
  };
}

/** ListEndpoints: by CreationTime, descending, ten a page, unless asked otherwise (API_ListEndpoints). */
export function listEndpoints(input: Valid<ListEndpointsInput>, { state }: ActionContext) {
  const all = [...state.endpoints.values()].map((endpoint) => ({ ...endpoint, details: summary(endpoint) }));
  const { items, ...rest } = page('ListEndpoints', all, { SortOrder: 'Descending', ...input });
  return { Endpoints: items, ...rest };
}

function summary(endpoint: StoredEndpoint) {
  return {
    EndpointName: endpoint.name,
    EndpointArn: endpoint.arn,
    CreationTime: endpoint.creationTime,
    LastModifiedTime: endpoint.lastModifiedTime,
    EndpointStatus: endpoint.status,
  };
}

/**
 * UpdateEndpoint: the old workers serve until the new ones do.
 *
 * @throws ServiceError `ValidationException` when the endpoint is in progress (AWS's words) or Failed (API_DescribeEndpoint: a
 * failed endpoint can only be deleted), or when it would become serverless (dg/serverless-endpoints-update)
 */
export function updateEndpoint(input: Valid<UpdateEndpointInput>, { state, endpoints }: ActionContext) {
  const endpoint = findEndpoint(state, input.EndpointName);
  refuseInProgress(endpoint);
  if (endpoint.status !== 'InService') {
    throw validationException(`Cannot update endpoint "${endpoint.arn}": a failed endpoint can only be deleted.`);
  }
  const config = findEndpointConfig(state, input.EndpointConfigName);
  if (isServerless(config.details) && !isServerless(endpoint.config.details)) {
    throw validationException(`Cannot update the real-time endpoint "${endpoint.arn}" to a serverless configuration.`);
  }
  endpoints.update(state, endpoint, config);
  return { EndpointArn: endpoint.arn };
}

/** DeleteEndpoint. An endpoint that is being created or updated cannot be deleted, which AWS words as an update. */
export function deleteEndpoint(input: Valid<DeleteEndpointInput>, { state, endpoints }: ActionContext) {
  const endpoint = findEndpoint(state, input.EndpointName);
  refuseInProgress(endpoint);
  endpoints.remove(state, endpoint);
  return undefined;
}

function refuseInProgress({ arn, status }: StoredEndpoint): void {
  if (['Creating', 'Updating', 'Deleting'].includes(status)) {
    throw validationException(`Cannot update in-progress endpoint "${arn}".`);
  }
}
