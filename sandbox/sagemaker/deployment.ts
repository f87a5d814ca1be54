import type { CapacitySize, DeploymentConfig } from '@aws-sdk/client-sagemaker';
import { validationException } from '../aws-json/errors';
import type { Valid } from '../aws-json/valid';
import type { StoredEndpointConfig } from './state';
import { isServerless } from './variants';

type Deployment = Valid<DeploymentConfig>;
type Refusals = readonly (readonly [broken: boolean, message: string])[];

/**
 * Checks a deployment configuration by itself (API_DeploymentConfig, API_TrafficRoutingConfig, API_RollingUpdatePolicy). Shares
 * in percent are checked; numbers of instances are not, as they depend on what runs.
 *
 * @throws ServiceError `ValidationException`; AWS does not document how it words these
 */
export function checkDeployment({ BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling }: Deployment): void {
  const traffic = blueGreen?.TrafficRoutingConfiguration;
  const waits = (traffic?.WaitIntervalInSeconds ?? 0) + (blueGreen?.TerminationWaitInSeconds ?? 0);
  refuseFirst([
    [
      blueGreen !== undefined && rolling !== undefined,
      'Only one of BlueGreenUpdatePolicy and RollingUpdatePolicy can be given.',
    ],
    [traffic?.Type === 'CANARY' && !traffic.CanarySize, 'CanarySize must be given for traffic routing of type CANARY.'],
    [traffic?.Type !== 'CANARY' && !!traffic?.CanarySize, 'CanarySize is only for traffic routing of type CANARY.'],
    [
      traffic?.Type === 'LINEAR' && !traffic.LinearStepSize,
      'LinearStepSize must be given for traffic routing of type LINEAR.',
    ],
    [
      traffic?.Type !== 'LINEAR' && !!traffic?.LinearStepSize,
      'LinearStepSize is only for traffic routing of type LINEAR.',
    ],
    [!isShare(traffic?.CanarySize, 1, 50), 'CanarySize must be at most 50% of the capacity.'],
    [!isShare(traffic?.LinearStepSize, 10, 50), 'LinearStepSize must be 10% to 50% of the capacity.'],
    [!isShare(rolling?.MaximumBatchSize, 5, 50), 'MaximumBatchSize must be 5% to 50% of the capacity.'],
    [
      !isShare(rolling?.RollbackMaximumBatchSize, 1, 100),
      'RollbackMaximumBatchSize must be at most 100% of the capacity.',
    ],
    [
      waits >= (blueGreen?.MaximumExecutionTimeoutInSeconds ?? Number.POSITIVE_INFINITY),
      'MaximumExecutionTimeoutInSeconds must be larger than the waiting times together.',
    ],
  ]);
}

/**
 * Checks a deployment configuration for an update (dg/deployment-guardrails-exclusions): variants keep their names; rolling
 * deployments need one variant with instances.
 *
 * @throws ServiceError `ValidationException`
 */
export function checkGuardedUpdate(deployment: Deployment, from: StoredEndpointConfig, to: StoredEndpointConfig): void {
  const names = ({ details }: StoredEndpointConfig) =>
    details.ProductionVariants.map(({ VariantName }) => VariantName).sort();
  refuseFirst([
    [
      names(from).join() !== names(to).join(),
      'The names of the production variants must not change in an update with DeploymentConfig.',
    ],
    [
      deployment.RollingUpdatePolicy !== undefined && (isServerless(to.details) || names(to).length > 1),
      'RollingUpdatePolicy is not supported for serverless endpoints or several variants.',
    ],
  ]);
}

function isShare(size: Valid<CapacitySize> | undefined, least: number, most: number): boolean {
  return size?.Type !== 'CAPACITY_PERCENT' || (size.Value >= least && size.Value <= most);
}

function refuseFirst(refusals: Refusals): void {
  const refusal = refusals.find(([broken]) => broken);
  if (refusal) throw validationException(refusal[1]);
}
