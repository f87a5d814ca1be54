import type { CreateEndpointConfigInput, ProductionVariant, ProductionVariantSummary } from '@aws-sdk/client-sagemaker';
import { validationException } from '../aws-json/errors';
import type { Valid } from '../aws-json/valid';
import { arnOfNameOrArn } from './arn';
import type { AccountState, StoredModel } from './state';

type Config = Valid<CreateEndpointConfigInput>;
type Variant = Valid<ProductionVariant>;

/** API_MetricsConfig, MetricPublishFrequencyInSeconds. */
const METRIC_FREQUENCIES: readonly number[] = [10, 30, 60, 120, 180, 240, 300];

/** Whether a configuration is serverless. */
export function isServerless({ ProductionVariants: variants }: Pick<Config, 'ProductionVariants'>): boolean {
  return variants.some(({ ServerlessConfig }) => ServerlessConfig !== undefined);
}

/**
 * Checks the variant of a new endpoint configuration.
 *
 * @throws ServiceError `ValidationException` for what dg/serverless-endpoints ("Feature exclusions") and API_ProductionVariant
 * rule out beyond the service model
 */
export function checkVariant(variant: Variant, config: Config, model: StoredModel, state: AccountState): void {
  const frequency = config.MetricsConfig?.MetricPublishFrequencyInSeconds;
  if (frequency !== undefined && !METRIC_FREQUENCIES.includes(frequency)) {
    throw validationException(`MetricPublishFrequencyInSeconds must be one of ${METRIC_FREQUENCIES.join(', ')}.`);
  }
  if (variant.AcceleratorType !== undefined) throw validationException('AcceleratorType is no longer supported.');
  if (variant.ServerlessConfig) checkServerless(variant, config, model, state);
  else checkInstances(variant);
}

function checkInstances({ VariantName, InstanceType, InitialInstanceCount }: Variant): void {
  if (InstanceType === undefined || InitialInstanceCount === undefined) {
    throw validationException(`InstanceType and InitialInstanceCount must be provided for variant ${VariantName}.`);
  }
}

function checkServerless(variant: Variant, config: Config, model: StoredModel, state: AccountState): void {
  const { MemorySizeInMB = 0, MaxConcurrency = 0, ProvisionedConcurrency = 0 } = variant.ServerlessConfig ?? {};
  const refusals: readonly (readonly [boolean, string])[] = [
    [
      variant.InstanceType !== undefined || variant.InitialInstanceCount !== undefined,
      'InstanceType and InitialInstanceCount cannot be given with ServerlessConfig.',
    ],
    [
      MemorySizeInMB % 1024 !== 0,
      `MemorySizeInMB ${MemorySizeInMB} must be one of 1024, 2048, 3072, 4096, 5120, 6144.`,
    ],
    [ProvisionedConcurrency > MaxConcurrency, 'ProvisionedConcurrency must be less than or equal to MaxConcurrency.'],
    [config.DataCaptureConfig?.EnableCapture === true, 'Data capture is not supported for serverless endpoints.'],
    [config.VpcConfig !== undefined, 'VpcConfig is not supported for serverless endpoints.'],
    [model.details.VpcConfig !== undefined, 'A model with VpcConfig cannot be serverless.'],
    [
      config.EnableNetworkIsolation === true || model.details.EnableNetworkIsolation === true,
      'Network isolation is not supported for serverless endpoints.',
    ],
    [
      usesDataSource(model, state),
      'Models with containers that use ModelDataSource are not supported for serverless endpoints.',
    ],
  ];
  const refusal = refusals.find(([broken]) => broken);
  if (refusal) throw validationException(refusal[1]);
}

/** API_ContainerDefinition, ModelDataSource: not for serverless endpoints, whether the model or its package has it. */
function usesDataSource({ details }: StoredModel, { caller, packages }: AccountState): boolean {
  const containers = [...(details.PrimaryContainer ? [details.PrimaryContainer] : []), ...(details.Containers ?? [])];
  const packaged = containers.flatMap(
    ({ ModelPackageName: name }) =>
      (name === undefined ? undefined : packages.get(arnOfNameOrArn(caller, 'model-package', name)))?.details
        .InferenceSpecification?.Containers ?? [],
  );
  return [...containers, ...packaged].some(({ ModelDataSource: source }) => source?.S3DataSource !== undefined);
}

/** A variant as DescribeEndpoint shows it once it is deployed. Weights default to 1 (API_ProductionVariant). */
export function deployedVariant(variant: Variant, image: string, at: Date): ProductionVariantSummary {
  const weight = variant.InitialVariantWeight ?? 1;
  const capacity = variant.ServerlessConfig
    ? {
        CurrentServerlessConfig: variant.ServerlessConfig,
        DesiredServerlessConfig: variant.ServerlessConfig,
        CurrentInstanceCount: 0,
        DesiredInstanceCount: 0,
      }
    : { CurrentInstanceCount: variant.InitialInstanceCount, DesiredInstanceCount: variant.InitialInstanceCount };
  return {
    VariantName: variant.VariantName,
    DeployedImages: [{ SpecifiedImage: image, ResolutionTime: at }],
    CurrentWeight: weight,
    DesiredWeight: weight,
    ...capacity,
  };
}
