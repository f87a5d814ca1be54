/*
 * Members that AWS takes and this stand-in does not imitate, where leaving them out would change what is served or what is
 * there afterwards. What only describes (metrics, alarms, keys, sizes) is kept and described instead.
 */

/** Where data comes from, beyond one archive or one prefix. */
const DATA_SOURCE = ['HubAccessConfig', 'ManifestS3Uri'].map((member) => `S3DataSource.${member}`);

const PACKAGE_CONTAINER = [
  ...DATA_SOURCE.map((member) => `ModelDataSource.${member}`),
  'AdditionalModelDataSources',
  'AdditionalS3DataSource',
];

const MODEL_CONTAINER = [
  ...DATA_SOURCE.map((member) => `ModelDataSource.${member}`),
  'AdditionalModelDataSources',
  'ImageConfig.RepositoryAccessMode=Vpc',
  'ImageConfig.RepositoryAuthConfig',
  'InferenceSpecificationName',
  'Mode=MultiModel',
  'MultiModelConfig',
];

const below = (parent: string, members: readonly string[]) => members.map((member) => `${parent}.${member}`);

/** By action: paths of members, as aws-json/unsupported.ts reads them. */
export const UNSUPPORTED: Readonly<Record<string, readonly string[]>> = {
  CreateModelPackage: [
    'SourceAlgorithmSpecification',
    'ValidationSpecification',
    ...below('InferenceSpecification.Containers.[]', PACKAGE_CONTAINER),
    ...below('AdditionalInferenceSpecifications.[].Containers.[]', PACKAGE_CONTAINER),
  ],
  UpdateModelPackage: [
    ...below('InferenceSpecification.Containers.[]', PACKAGE_CONTAINER),
    ...below('AdditionalInferenceSpecificationsToAdd.[].Containers.[]', PACKAGE_CONTAINER),
  ],
  CreateModel: [...below('PrimaryContainer', MODEL_CONTAINER), ...below('Containers.[]', MODEL_CONTAINER)],
  CreateEndpointConfig: [
    'AsyncInferenceConfig',
    'ExplainerConfig',
    'ShadowProductionVariants',
    'ProductionVariants.[].InstancePools',
  ],
  UpdateEndpoint: ['RetainAllVariantProperties=true', 'ExcludeRetainedVariantProperties'],
};
