import { type ServiceModel, shapeOf } from '../../aws-json/service-model';
import { brokenConstraints } from '../../aws-json/validate';
import { notInSandbox, validationError } from '../errors';
import type { Invocation } from './invoke';

/** Members that lead a request to what this stand-in does not have, or start what it does not keep. */
const UNSUPPORTED = [
  'TargetVariant',
  'TargetModel',
  'TargetContainerHostname',
  'EnableExplanations',
  'InferenceComponentName',
  'SessionId',
  'PrefixAwareId',
];

/**
 * Checks the name and headers of an invocation against the runtime's service model. The body is checked where its limit is
 * known, which depends on the endpoint.
 *
 * @throws ServiceError `ValidationError` with every broken constraint; 501 for a member that is not imitated, by its name
 */
export function checkInvocation(model: ServiceModel, { endpointName, headers }: Invocation): void {
  const { members = {} } = shapeOf(model, 'InvokeEndpointInput');
  const sent = Object.entries(members).flatMap(([name, { location, locationName = '' }]) => {
    const value = location === 'header' ? headers[locationName.toLowerCase()] : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  const input = { EndpointName: endpointName, Body: '', ...Object.fromEntries(sent) };
  const problems = brokenConstraints(model, 'InvokeEndpointInput', input);
  if (problems !== undefined) throw validationError(problems);
  const unsupported = sent.find(([name]) => UNSUPPORTED.includes(name));
  if (unsupported) throw notInSandbox(unsupported[0]);
}
