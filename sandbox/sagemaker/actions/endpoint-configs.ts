import type {
  CreateEndpointConfigInput,
  DeleteEndpointConfigInput,
  DescribeEndpointConfigInput,
} from '@aws-sdk/client-sagemaker';
import type { Valid } from '../../aws-json/valid';
import { arnOf } from '../arn';
import { notInSandbox } from '../errors';
import { findEndpointConfig, findModel, refuseExisting } from '../find';
import { checkVariant } from '../variants';
import type { ActionContext } from './context';
import { tagMap } from './tags';

type Input = Valid<CreateEndpointConfigInput>;

/** CreateEndpointConfig, with instance variants or one serverless variant. The models must be there. */
export function createEndpointConfig(input: Input, { caller, state }: ActionContext) {
  const arn = arnOf(caller, 'endpoint-config', input.EndpointConfigName);
  refuseExisting(state.endpointConfigs.has(input.EndpointConfigName), 'endpoint configuration', arn);
  if (input.ProductionVariants.some(({ ModelName }) => ModelName === undefined)) {
    throw notInSandbox('inference components (a production variant without ModelName)');
  }
  const [variant, other] = input.ProductionVariants;
  if (other) throw notInSandbox('several production variants');
  if (variant) checkVariant(variant, input, findModel(state, variant.ModelName ?? ''), state);
  const { Tags, ...details } = input;
  state.endpointConfigs.set(input.EndpointConfigName, {
    sequence: state.nextSequence(),
    tags: tagMap(Tags),
    details: {
      ...details,
      EnableNetworkIsolation: input.EnableNetworkIsolation ?? false,
      EndpointConfigArn: arn,
      CreationTime: new Date(),
    },
  });
  return { EndpointConfigArn: arn };
}

/** DescribeEndpointConfig. */
export function describeEndpointConfig(input: Valid<DescribeEndpointConfigInput>, { state }: ActionContext) {
  return findEndpointConfig(state, input.EndpointConfigName).details;
}

/** DeleteEndpointConfig: allowed while an endpoint uses it, as AWS allows what its reference advises against. */
export function deleteEndpointConfig(input: Valid<DeleteEndpointConfigInput>, { state }: ActionContext) {
  findEndpointConfig(state, input.EndpointConfigName);
  state.endpointConfigs.delete(input.EndpointConfigName);
  return undefined;
}
