import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceHandler, ResourceRequest } from '../../aws-json/cloudformation';
import { validationException } from '../../aws-json/errors';
import type { ActionContext } from '../actions/context';
import { createEndpoint, deleteEndpoint, updateEndpoint } from '../actions/endpoints';
import { findEndpoint } from '../find';
import type { StoredEndpoint } from '../state';
import { changed, type HostingDependencies, nameOf, perform, updateTags } from './hosting-type';

const POLL_MS = 50;
/** Members of UpdateEndpoint, which a template may have from the beginning. */
const ONLY_FOR_UPDATES = ['ExcludeRetainedVariantProperties', 'RetainAllVariantProperties', 'RetainDeploymentConfig'];

type Properties = ResourceRequest['properties'];

/**
 * `AWS::SageMaker::Endpoint`: made and changed when it is InService again, gone when its workers are. What fails has
 * SageMaker's FailureReason; a failed creation leaves nothing, a failed update the endpoint as it was.
 */
export function endpointType(dependencies: HostingDependencies): ResourceHandler {
  const contextOf = dependencies.contextOf;
  return {
    async create(request) {
      const context = contextOf(request.caller);
      const EndpointName = nameOf(request.properties.EndpointName, request);
      const properties = { ...without(request.properties, ONLY_FOR_UPDATES), EndpointName };
      await perform(dependencies, ['CreateEndpoint', createEndpoint], properties, context);
      const endpoint = findEndpoint(context.state, EndpointName);
      await settled(endpoint);
      if (endpoint.status !== 'InService') {
        await remove(endpoint, context);
        throw new Error(endpoint.failureReason);
      }
      return identity(endpoint);
    },
    async update({ caller, physicalId, oldProperties, properties }) {
      const context = contextOf(caller);
      const endpoint = stored(context, physicalId);
      if (!endpoint) throw validationException(`Could not find endpoint "${physicalId}".`);
      if (changed(oldProperties, properties, 'EndpointConfigName', 'DeploymentConfig')) {
        const input = { ...without(properties, ['Tags']), EndpointName: endpoint.name };
        await perform(dependencies, ['UpdateEndpoint', updateEndpoint], input, context);
        await settled(endpoint);
        if (endpoint.failureReason !== undefined) throw new Error(endpoint.failureReason);
      }
      updateTags(dependencies, physicalId, oldProperties, properties, context);
      return identity(endpoint);
    },
    async delete({ caller, physicalId }) {
      const context = contextOf(caller);
      const endpoint = stored(context, physicalId);
      if (endpoint) await remove(endpoint, context);
    },
  };
}

function identity({ arn, name }: StoredEndpoint) {
  return { physicalId: arn, attributes: { EndpointArn: arn, EndpointName: name } };
}

function stored({ state }: ActionContext, arn: string): StoredEndpoint | undefined {
  return [...state.endpoints.values()].find((endpoint) => endpoint.arn === arn);
}

function without(properties: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
}

async function settled(endpoint: StoredEndpoint): Promise<void> {
  while (['Creating', 'Updating'].includes(endpoint.status)) await sleep(POLL_MS);
}

/** SageMaker deletes no endpoint that is in progress, so its end is waited for first. */
async function remove(endpoint: StoredEndpoint, context: ActionContext): Promise<void> {
  await settled(endpoint);
  if (endpoint.status !== 'Deleting') deleteEndpoint({ EndpointName: endpoint.name }, context);
  while (context.state.endpoints.get(endpoint.name) === endpoint) await sleep(POLL_MS);
}
