import { until } from '../../../../../sandbox/demo/until';
import { IMAGE, REGION } from '../stage';
import type { Json, JsonObject, Typical } from './requests';
import type { Wire } from './wire';

/** How the members of an action that makes or changes something are tried, and where they can be read again. */
export interface Recipe {
  readonly action: string;
  /** A request that is taken as it is, for a fresh name; it can differ for members that exclude others. */
  readonly base: (name: string, path: string, wire: Wire) => JsonObject | Promise<JsonObject>;
  /** What a member needs beside it, over what the member itself brings. */
  readonly beside?: (path: string) => JsonObject;
  /** What is there after the request, given it and its answer. */
  readonly read: (wire: Wire, input: JsonObject, answer: JsonObject) => Promise<JsonObject>;
  /** The path in the answer, where it is not the one in the request. */
  readonly pathRead?: (path: string) => string;
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
  CapacitySize: { Type: 'CAPACITY_PERCENT', Value: 10 },
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
const isUnversioned = (path: string) => /^(ModelPackageName|Tags|CertifyForMarketplace)/.test(path);

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
    base: (name, path) => ({
      ...(isUnversioned(path) ? { ModelPackageName: name } : { ModelPackageGroupName: 'recipes' }),
      InferenceSpecification: { Containers: [container] },
    }),
    read: (wire, input, { ModelPackageArn }) => {
      const described = { ModelPackageName: ModelPackageArn };
      if (input.Tags === undefined) return describe(wire, 'DescribeModelPackage', described);
      return withTags(wire, ModelPackageArn, 'DescribeModelPackage', described);
    },
    refused: [
      'SourceAlgorithmSpecification',
      'ValidationSpecification',
      'CertifyForMarketplace',
      ...ofContainers('InferenceSpecification.Containers.[]', NOT_IN_PACKAGES),
      ...ofContainers('AdditionalInferenceSpecifications.[].Containers.[]', NOT_IN_PACKAGES),
    ],
    otherwise: {
      ClientToken: 'a replayed client token answers the same version, even at once',
      ModelPackageGroupName: 'every test of a version',
    },
  },
  {
    action: 'CreateModel',
    base: (name, path) => {
      const of = path.includes('ModelPackageName') ? {} : container;
      return { ModelName: name, ...(path.startsWith('Containers') ? { Containers: [of] } : { PrimaryContainer: of }) };
    },
    read: (wire, { ModelName }, { ModelArn }) => withTags(wire, ModelArn, 'DescribeModel', { ModelName }),
    refused: [...ofContainers('PrimaryContainer', NOT_IN_MODELS), ...ofContainers('Containers.[]', NOT_IN_MODELS)],
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
    beside: deployment,
    read: (wire, { EndpointName }, { EndpointArn }) =>
      withTags(wire, EndpointArn, 'DescribeEndpoint', { EndpointName }),
    pathRead: lastDeployment,
    refused: [],
  },
  {
    action: 'UpdateModelPackage',
    base: async (_name, path, wire) => {
      const { ModelPackageArn = null } = await describe(wire, 'CreateModelPackage', {
        ModelPackageGroupName: 'recipes',
        InferenceSpecification: { Containers: [container] },
      });
      const inference = path.startsWith('InferenceSpecification') ? { Containers: [container] } : undefined;
      return { ModelPackageArn, ...(inference && { InferenceSpecification: inference }) };
    },
    read: (wire, { ModelPackageArn }) => describe(wire, 'DescribeModelPackage', { ModelPackageName: ModelPackageArn }),
    pathRead: (path) => path.replace(/^AdditionalInferenceSpecificationsToAdd/, 'AdditionalInferenceSpecifications'),
    refused: [
      ...ofContainers('InferenceSpecification.Containers.[]', NOT_IN_PACKAGES),
      ...ofContainers('AdditionalInferenceSpecificationsToAdd.[].Containers.[]', NOT_IN_PACKAGES),
    ],
    otherwise: {
      ModelPackageArn: 'a version is found by ARN only',
      CustomerMetadataPropertiesToRemove: 'leaves unsent members alone and merges metadata key by key',
      ClientToken: 'an update that is repeated with its token changes and announces nothing',
    },
  },
  {
    action: 'UpdateEndpoint',
    // The configuration cannot be deployed: each update is over at once, and the endpoint goes on as it was.
    base: async (_name, _path, wire) => {
      const status = async () => (await describe(wire, 'DescribeEndpoint', { EndpointName: 'live' })).EndpointStatus;
      await until('endpoint live in service', async () => (await status()) === 'InService' || undefined);
      return { EndpointName: 'live', EndpointConfigName: 'idle' };
    },
    beside: deployment,
    read: (wire, { EndpointName }) => describe(wire, 'DescribeEndpoint', { EndpointName }),
    pathRead: lastDeployment,
    refused: ['RetainAllVariantProperties', 'ExcludeRetainedVariantProperties'],
    otherwise: {
      EndpointName: 'the old configuration serves until the new one does',
      EndpointConfigName: 'the old configuration serves until the new one does',
      RetainDeploymentConfig: 'the last deployment configuration is kept only on request',
    },
  },
];

function lastDeployment(path: string): string {
  return path.replace(/^DeploymentConfig/, 'LastDeploymentConfig');
}

/** Deployment configurations that each member of it fits in. */
function deployment(path: string): JsonObject {
  const type = path.includes('CanarySize') ? 'CANARY' : path.includes('LinearStepSize') ? 'LINEAR' : 'ALL_AT_ONCE';
  if (!path.includes('BlueGreenUpdatePolicy')) return {};
  const TrafficRoutingConfiguration = { Type: type, WaitIntervalInSeconds: 0 };
  return { DeploymentConfig: { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration } } };
}
