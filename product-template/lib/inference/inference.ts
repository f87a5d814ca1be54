import { ENVIRONMENTS, type Environment } from '../deployable/environments';
import { WrongInput } from '../wrong-input';
import { brokenRules } from './rules';
import { schemaProblems } from './schema-problems';
import { parseYaml } from './yaml';

/** An endpoint on instances of its own. */
export interface RealTimeEndpoint {
  readonly kind: 'realtime';
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly captureDestinationS3Uri?: string;
  /** Whether its containers are cut off from the network. */
  readonly networkIsolation: boolean;
  /** How long SageMaker waits for the model's files to be downloaded and unpacked. */
  readonly modelDownloadSeconds: number;
  /** How long SageMaker waits for the container to pass its health check. */
  readonly startupSeconds: number;
}

/**
 * Generous: they cost nothing where a model starts, and SageMaker's own are too short for large ones. The model server's own
 * time-out to load a model is as long as the start-up limit.
 */
const DOWNLOAD_SECONDS = 1800;
const STARTUP_SECONDS = 900;

/** An endpoint that runs only while it answers. */
export interface ServerlessEndpoint {
  readonly kind: 'serverless';
  readonly maxConcurrency: number;
  readonly sizeInMB: number;
}

/** How the endpoints of one environment look. */
export type EndpointSettings = (RealTimeEndpoint | ServerlessEndpoint) & {
  /** Absent: the role that MLflow-MLOps makes for endpoints. */
  readonly executionRoleArn?: string;
};

/** What `inference.yaml` says. */
export interface Inference {
  readonly endpoints: Readonly<Record<Environment, EndpointSettings>>;
  readonly keepEndpointsOnTermination: boolean;
}

/** One environment as it is written in the file, once it has been checked. */
export interface WrittenEndpoint {
  readonly InstanceType?: string;
  readonly InstanceCount?: number;
  readonly CaptureDestinationS3Uri?: string;
  readonly EnableNetworkIsolation?: boolean;
  readonly Timeouts?: { readonly ModelDownloadSeconds?: number; readonly StartupSeconds?: number };
  readonly ServerlessMaxConcurrency?: number;
  readonly ServerlessSizeInMB?: number;
  readonly ExecutionRoleArn?: string;
}

type Written = Readonly<Record<Environment, WrittenEndpoint>> & { readonly KeepEndpointsOnTermination?: boolean };

/**
 * Reads `inference.yaml`.
 *
 * @throws WrongInput that lists everything that is wrong, each with its key, its value and what is allowed
 */
export function readInference(text: string): Inference {
  const content = parseYaml(text);
  const problems = schemaProblems(content);
  const all = problems.length > 0 ? problems : brokenRules(content as Written);
  if (all.length > 0) {
    throw new WrongInput(`inference.yaml cannot be deployed:\n${all.map((problem) => `  - ${problem}`).join('\n')}`);
  }
  const written = content as Written;
  return {
    endpoints: Object.fromEntries(
      ENVIRONMENTS.map((environment) => [environment, settingsOf(written[environment])]),
    ) as Record<Environment, EndpointSettings>,
    keepEndpointsOnTermination: written.KeepEndpointsOnTermination ?? false,
  };
}

function settingsOf(written: WrittenEndpoint): EndpointSettings {
  const role = written.ExecutionRoleArn ? { executionRoleArn: written.ExecutionRoleArn } : {};
  const { InstanceType, InstanceCount, CaptureDestinationS3Uri } = written;
  if (InstanceType !== undefined) {
    return {
      kind: 'realtime',
      instanceType: InstanceType,
      instanceCount: InstanceCount ?? 1,
      ...(CaptureDestinationS3Uri ? { captureDestinationS3Uri: CaptureDestinationS3Uri } : {}),
      networkIsolation: written.EnableNetworkIsolation ?? false,
      modelDownloadSeconds: written.Timeouts?.ModelDownloadSeconds ?? DOWNLOAD_SECONDS,
      startupSeconds: written.Timeouts?.StartupSeconds ?? STARTUP_SECONDS,
      ...role,
    };
  }
  return {
    kind: 'serverless',
    maxConcurrency: written.ServerlessMaxConcurrency ?? 1,
    sizeInMB: written.ServerlessSizeInMB ?? 1024,
    ...role,
  };
}
