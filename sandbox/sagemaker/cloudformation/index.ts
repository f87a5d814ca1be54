import type { ResourceHandlers } from '../../aws-json/cloudformation';
import { endpointType } from './endpoints';
import { ENDPOINT_CONFIG, entryType, MODEL } from './entries';
import type { HostingDependencies } from './hosting-type';

/** The CloudFormation types of hosting, over the actions that everybody calls. */
export function hostingTypes(dependencies: HostingDependencies): ResourceHandlers {
  return new Map([
    ['AWS::SageMaker::Model', entryType(dependencies, MODEL)],
    ['AWS::SageMaker::EndpointConfig', entryType(dependencies, ENDPOINT_CONFIG)],
    ['AWS::SageMaker::Endpoint', endpointType(dependencies)],
  ]);
}
