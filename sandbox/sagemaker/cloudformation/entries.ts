import type { ResourceHandler } from '../../aws-json/cloudformation';
import type { Action, ActionContext } from '../actions/context';
import { createEndpointConfig, deleteEndpointConfig } from '../actions/endpoint-configs';
import { createModel, deleteModel } from '../actions/models';
import { findEndpointConfig, findModel } from '../find';
import type { AccountState } from '../state';
import { type HostingDependencies, nameOf, perform, updateTags } from './hosting-type';
import { checkVariantMembers } from './variant-members';

/** What only describes something: a model, a configuration. */
interface Entry {
  readonly arn: string;
  readonly name: string;
}

/** How a kind of entry is made, found and deleted; its attributes are called after it. */
interface EntryKind {
  readonly kind: 'Model' | 'EndpointConfig';
  readonly create: Action;
  readonly find: (state: AccountState, name: string) => Entry;
  readonly all: (state: AccountState) => Entry[];
  readonly remove: (name: string, context: ActionContext) => void;
}

const modelEntry = ({ ModelArn, ModelName }: { ModelArn: string; ModelName: string }): Entry => ({
  arn: ModelArn,
  name: ModelName,
});
const configEntry = (config: { EndpointConfigArn: string; EndpointConfigName: string }): Entry => ({
  arn: config.EndpointConfigArn,
  name: config.EndpointConfigName,
});

/** `AWS::SageMaker::Model` */
export const MODEL: EntryKind = {
  kind: 'Model',
  create: createModel,
  find: (state, name) => modelEntry(findModel(state, name).details),
  all: ({ models }) => [...models.values()].map(({ details }) => modelEntry(details)),
  remove: (ModelName, context) => deleteModel({ ModelName }, context),
};

const createCheckedConfig: typeof createEndpointConfig = (input, context) => {
  checkVariantMembers(input);
  return createEndpointConfig(input, context);
};

/** `AWS::SageMaker::EndpointConfig` */
export const ENDPOINT_CONFIG: EntryKind = {
  kind: 'EndpointConfig',
  create: createCheckedConfig,
  find: (state, name) => configEntry(findEndpointConfig(state, name).details),
  all: ({ endpointConfigs }) => [...endpointConfigs.values()].map(({ details }) => configEntry(details)),
  remove: (EndpointConfigName, context) => deleteEndpointConfig({ EndpointConfigName }, context),
};

/** The type of an entry: everything but its tags replaces it, which CloudFormation does by itself. */
export function entryType(
  dependencies: HostingDependencies,
  { kind, create, find, all, remove }: EntryKind,
): ResourceHandler {
  const nameProperty = `${kind}Name`;
  const resource = ({ arn, name }: Entry) => ({
    physicalId: arn,
    attributes: { [`${kind}Arn`]: arn, [nameProperty]: name },
  });
  const stored = ({ state }: ActionContext, arn: string) => all(state).find((entry) => entry.arn === arn);
  return {
    async create(request) {
      const context = dependencies.contextOf(request.caller);
      const name = nameOf(request.properties[nameProperty], request);
      const properties = { ...request.properties, [nameProperty]: name };
      await perform(dependencies, [`Create${kind}`, create], properties, context);
      return resource(find(context.state, name));
    },
    update({ caller, physicalId, oldProperties, properties }) {
      const context = dependencies.contextOf(caller);
      updateTags(dependencies, physicalId, oldProperties, properties, context);
      return resource(stored(context, physicalId) ?? { arn: physicalId, name: '' });
    },
    delete({ caller, physicalId }) {
      const context = dependencies.contextOf(caller);
      const entry = stored(context, physicalId);
      if (entry) remove(entry.name, context);
    },
  };
}
