import type { CreateEndpointConfigInput, ProductionVariant, ProductionVariantSummary } from '@aws-sdk/client-sagemaker';
import { validationException } from './errors';
import type { StoredModel } from './state';
import type { Valid } from './valid';

type Config = Valid<CreateEndpointConfigInput>;
type Variant = Valid<ProductionVariant>;

/** Whether a configuration is serverless; a valid one is wholly so or not at all. */
export function isServerless({ ProductionVariants: variants }: Pick<Config, 'ProductionVariants'>): boolean {
  return variants.some(({ ServerlessConfig }) => ServerlessConfig !== undefined);
}

/**
 * Checks the variants of a new endpoint configuration.
 *
 * @throws ServiceError `ValidationException` for what dg/serverless-endpoints ("Feature exclusions") and API_ProductionVariant
 * rule out beyond the service model
 */
export function checkVariants(config: Config, models: readonly StoredModel[]): void {
  const names = config.ProductionVariants.map(({ VariantName }) => VariantName);
  if (new Set(names).size < names.length)
    throw validationException('Variant names must be unique in an endpoint configuration.');
  for (const variant of config.ProductionVariants) {
    if (variant.ServerlessConfig) checkServerless(variant, config, models);
    else checkInstances(variant);
  }
}

function checkInstances({ VariantName, InstanceType, InitialInstanceCount }: Variant): void {
  if (InstanceType === undefined || InitialInstanceCount === undefined) {
    throw validationException(`InstanceType and InitialInstanceCount must be provided for variant ${VariantName}.`);
  }
}

function checkServerless(variant: Variant, config: Config, models: readonly StoredModel[]): void {
  const { MemorySizeInMB = 0, MaxConcurrency = 0, ProvisionedConcurrency = 0 } = variant.ServerlessConfig ?? {};
  const refusals: readonly (readonly [boolean, string])[] = [
    [config.ProductionVariants.length > 1, 'A serverless endpoint has one production variant.'],
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
    [models.some(({ details }) => details.VpcConfig !== undefined), 'A model with VpcConfig cannot be serverless.'],
    [
      [config, ...models.map(({ details }) => details)].some(
        ({ EnableNetworkIsolation }) => EnableNetworkIsolation === true,
      ),
      'Network isolation is not supported for serverless endpoints.',
    ],
    [models.some(isUncompressed), 'Uncompressed model data is not supported for serverless endpoints.'],
  ];
  const refusal = refusals.find(([broken]) => broken);
  if (refusal) throw validationException(refusal[1]);
}

function isUncompressed({ details }: StoredModel): boolean {
  const containers = [...(details.PrimaryContainer ? [details.PrimaryContainer] : []), ...(details.Containers ?? [])];
  return containers.some(({ ModelDataSource: source }) => source?.S3DataSource?.CompressionType === 'None');
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
