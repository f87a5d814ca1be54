import { IMAGE, REGION } from '../stage';
import type { Json, JsonObject, Typical } from './requests';
import type { Wire } from './wire';

/** How the members of an action that makes or changes something are tried, and where they can be read again. */
export interface Recipe {
  readonly action: string;
  /** A request that is taken as it is, for a fresh name; it can differ for members that exclude others. */
  readonly base: (name: string, path: string, wire: Wire) => JsonObject | Promise<JsonObject>;
  /** What is there after the request, given it and its answer. */
  readonly read: (wire: Wire, input: JsonObject, answer: JsonObject) => Promise<JsonObject>;
  /** Members that are not here, or that AWS itself takes no more. */
  readonly refused: readonly string[];
  /** Members whose effect is something else than to be described; each has a test of its own, which is named. */
  readonly otherwise?: Readonly<Record<string, string>>;
}

export const MODEL_URL = 's3://models/model.tar.gz';
/** An image that nothing stands in for: an endpoint of it fails at once and starts no worker. */
const IDLE_IMAGE = `763104351884.dkr.ecr.${REGION}.amazonaws.com/pytorch-inference:2.6`;

/** Values that make sense beyond the model, by shape. */
export const TYPICAL: Typical = {
  ContainerImage: IMAGE,
  Url: MODEL_URL,
  S3ModelUri: MODEL_URL,
  S3ModelDataType: 'S3Object',
  ModelCompressionType: 'Gzip',
  TagKey: 'key',
  MetricPublishFrequencyInSeconds: 30,
};

/** A request whose values come out of other requests; what is not there is not sent. */
type Request = { readonly [name: string]: Json | undefined };

async function describe(wire: Wire, action: string, input: Request): Promise<JsonObject> {
  const { status, body, message } = await wire.call(action, input as JsonObject);
  if (status !== 200) throw new Error(`${action} of ${JSON.stringify(input)} was answered ${status}: ${message}`);
  return body;
}

/** What is described, with the tags that ListTags has. */
async function withTags(wire: Wire, arn: Json | undefined, action: string, input: Request): Promise<JsonObject> {
  const { Tags = [] } = await describe(wire, 'ListTags', { ResourceArn: arn });
  return { ...(await describe(wire, action, input)), Tags };
}

const container = { Image: IMAGE };
const variant = { VariantName: 'AllTraffic', ModelName: 'idle' };
const instances = { InstanceType: 'ml.m5.large', InitialInstanceCount: 1 };

/** Resources that the recipes refer to. */
export async function prepareRecipes(wire: Wire): Promise<void> {
  await describe(wire, 'CreateModelPackageGroup', { ModelPackageGroupName: 'recipes' });
  const model = { ModelName: 'idle', PrimaryContainer: { Image: IDLE_IMAGE } };
  await describe(wire, 'CreateModel', model);
  await describe(wire, 'CreateEndpointConfig', {
    EndpointConfigName: 'idle',
    ProductionVariants: [{ ...variant, ...instances }],
  });
}

const NOT_IN_PACKAGES = [
  'ModelDataSource.S3DataSource.HubAccessConfig',
  'ModelDataSource.S3DataSource.ManifestS3Uri',
  'AdditionalModelDataSources',
  'AdditionalS3DataSource',
];
const NOT_IN_MODELS = [
  'ImageConfig.RepositoryAuthConfig',
  'ModelDataSource.S3DataSource.HubAccessConfig',
  'ModelDataSource.S3DataSource.ManifestS3Uri',
  'AdditionalModelDataSources',
  'InferenceSpecificationName',
  'MultiModelConfig',
];
const ofContainers = (parent: string, members: readonly string[]) => members.map((member) => `${parent}.${member}`);

export const RECIPES: readonly Recipe[] = [
  {
    action: 'CreateModelPackageGroup',
    base: (name) => ({ ModelPackageGroupName: name }),
    read: (wire, { ModelPackageGroupName }, answer) =>
      withTags(wire, answer.ModelPackageGroupArn, 'DescribeModelPackageGroup', { ModelPackageGroupName }),
    refused: [],
  },
  {
    action: 'CreateModelPackage',
    base: () => ({ ModelPackageGroupName: 'recipes', InferenceSpecification: { Containers: [container] } }),
    read: (wire, _input, { ModelPackageArn }) =>
      describe(wire, 'DescribeModelPackage', { ModelPackageName: ModelPackageArn }),
    refused: [
      'ModelPackageName',
      'Tags',
      'SourceAlgorithmSpecification',
      'ValidationSpecification',
      'AdditionalInferenceSpecifications',
      'ModelCard',
      'CertifyForMarketplace',
      ...ofContainers('InferenceSpecification.Containers.[]', NOT_IN_PACKAGES),
    ],
    otherwise: {
      ClientToken: 'a replayed client token answers the same version, even at once',
      ModelPackageGroupName: 'every test of a version',
    },
  },
  {
    action: 'CreateModel',
    base: (name, path) => ({
      ModelName: name,
      ...(path.startsWith('Containers') ? { Containers: [container] } : { PrimaryContainer: container }),
    }),
    read: (wire, { ModelName }, { ModelArn }) => withTags(wire, ModelArn, 'DescribeModel', { ModelName }),
    refused: [...ofContainers('PrimaryContainer', NOT_IN_MODELS), ...ofContainers('Containers.[]', NOT_IN_MODELS)],
    otherwise: {
      'PrimaryContainer.ModelPackageName': 'needs the package approved',
      'Containers.[].ModelPackageName': 'needs the package approved',
    },
  },
  {
    action: 'CreateEndpointConfig',
    base: (name, path) => ({
      EndpointConfigName: name,
      ProductionVariants: [{ ...variant, ...(path.includes('ServerlessConfig') ? {} : instances) }],
    }),
    read: (wire, { EndpointConfigName }, { EndpointConfigArn }) =>
      withTags(wire, EndpointConfigArn, 'DescribeEndpointConfig', { EndpointConfigName }),
    refused: [
      'AsyncInferenceConfig',
      'ExplainerConfig',
      'ShadowProductionVariants',
      'ProductionVariants.[].InstancePools',
      'ProductionVariants.[].AcceleratorType',
    ],
  },
  {
    action: 'CreateEndpoint',
    base: (name) => ({ EndpointName: name, EndpointConfigName: 'idle' }),
    read: (wire, { EndpointName }, { EndpointArn }) =>
      withTags(wire, EndpointArn, 'DescribeEndpoint', { EndpointName }),
    refused: ['DeploymentConfig'],
  },
  {
    action: 'UpdateModelPackage',
    base: async (_name, _path, wire) => {
      const { ModelPackageArn = null } = await describe(wire, 'CreateModelPackage', {
        ModelPackageGroupName: 'recipes',
        InferenceSpecification: { Containers: [container] },
      });
      return { ModelPackageArn };
    },
    read: (wire, { ModelPackageArn }) => describe(wire, 'DescribeModelPackage', { ModelPackageName: ModelPackageArn }),
    refused: ['InferenceSpecification', 'AdditionalInferenceSpecificationsToAdd', 'ModelCard', 'ClientToken'],
    otherwise: {
      ModelPackageArn: 'a version is found by ARN only',
      CustomerMetadataPropertiesToRemove: 'leaves unsent members alone and merges metadata key by key',
    },
  },
  {
    action: 'UpdateEndpoint',
    base: () => ({ EndpointName: 'live', EndpointConfigName: 'idle' }),
    read: (wire, { EndpointName }) => describe(wire, 'DescribeEndpoint', { EndpointName }),
    refused: [
      'DeploymentConfig',
      'RetainDeploymentConfig',
      'RetainAllVariantProperties',
      'ExcludeRetainedVariantProperties',
    ],
    otherwise: {
      EndpointName: 'the old configuration serves until the new one does',
      EndpointConfigName: 'the old configuration serves until the new one does',
    },
  },
];
