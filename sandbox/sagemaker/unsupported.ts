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

/** What lists can be asked beside the order and the page. */
const LIST = ['CreationTimeAfter', 'CreationTimeBefore', 'NameContains', 'SortBy=Name'];

const below = (parent: string, members: readonly string[]) => members.map((member) => `${parent}.${member}`);

/** By action: paths of members, as aws-json/unsupported.ts reads them. */
export const UNSUPPORTED: Readonly<Record<string, readonly string[]>> = {
  CreateModelPackage: [
    'ModelPackageName',
    'SourceAlgorithmSpecification',
    'ValidationSpecification',
    'AdditionalInferenceSpecifications',
    'ModelCard',
    ...below('InferenceSpecification.Containers.[]', PACKAGE_CONTAINER),
  ],
  UpdateModelPackage: ['InferenceSpecification', 'AdditionalInferenceSpecificationsToAdd', 'ModelCard', 'ClientToken'],
  DescribeModelPackage: ['IncludedData'],
  ListModelPackages: LIST,
  ListModelPackageGroups: [...LIST, 'CrossAccountFilterOption'],
  ListEndpoints: [...LIST, 'SortBy=Status', 'StatusEquals', 'LastModifiedTimeAfter', 'LastModifiedTimeBefore'],
  CreateModel: [...below('PrimaryContainer', MODEL_CONTAINER), ...below('Containers.[]', MODEL_CONTAINER)],
  CreateEndpointConfig: [
    'AsyncInferenceConfig',
    'ExplainerConfig',
    'ShadowProductionVariants',
    'ProductionVariants.[].InstancePools',
  ],
  CreateEndpoint: ['DeploymentConfig'],
  UpdateEndpoint: [
    'DeploymentConfig',
    'RetainDeploymentConfig=true',
    'RetainAllVariantProperties=true',
    'ExcludeRetainedVariantProperties',
  ],
};
