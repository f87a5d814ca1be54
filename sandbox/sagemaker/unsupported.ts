import { notInSandbox } from './errors';

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

/** By action: paths of members, `[]` for every item of a list, `=value` where only that value is not here. */
const UNSUPPORTED: Readonly<Record<string, readonly string[]>> = {
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

/**
 * Refuses a request that has a member which is not imitated.
 *
 * @param input the action's valid input
 * @throws ServiceError 501 `UnknownOperationException` that names the member
 */
export function refuseUnsupported(action: string, input: unknown): void {
  for (const path of UNSUPPORTED[action] ?? []) {
    const [members = '', value] = path.split('=');
    const found = valuesAt(input, members.split('.'));
    if (found.some((item) => value === undefined || String(item) === value)) throw notInSandbox(path);
  }
}

/** The values at a path, of every item where it leads through lists. */
function valuesAt(value: unknown, [step, ...rest]: readonly string[]): unknown[] {
  if (value === undefined) return [];
  if (step === undefined) return [value];
  if (step === '[]') return (value as readonly unknown[]).flatMap((item) => valuesAt(item, rest));
  return valuesAt((value as Readonly<Record<string, unknown>>)[step], rest);
}
