import { ENVIRONMENTS, type Environment } from './environments';

/** A package of the SageMaker Model Registry, as far as it matters for what is deployed. */
export interface RegisteredPackage {
  readonly arn: string;
  /** `ModelApprovalStatus`. */
  readonly approval: string;
  /** `CustomerMetadataProperties` as they stand, encoded as the registry sync wrote them; see {@link STEERING_METADATA}. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Its model data are files as they are, not an archive. */
  readonly uncompressed?: boolean;
}

/** One version of the model that belongs into one environment. */
export interface Deployable {
  readonly environment: Environment;
  /** The version's number in MLflow. */
  readonly version: string;
  readonly packageArn: string;
  /** The model's name in MLflow and the run that made the version, encoded; absent where the package does not say. */
  readonly modelName?: string;
  readonly runId?: string;
  /** Its model data are files as they are, which serverless endpoints do not take. */
  readonly uncompressed?: boolean;
  /** Uncompressed size of the model's files; absent for packages of earlier installations. */
  readonly bytes?: number;
  /** Uncompressed size of the image; absent where it is not known. */
  readonly imageBytes?: number;
}

/** The metadata that {@link deployableSet} reads; a package may have more. */
export const STEERING_METADATA = {
  owner: 'mlflow_mlops_owner',
  environments: 'mlflow_environments',
  version: 'mlflow_version',
  modelName: 'mlflow_name',
  runId: 'mlflow_run_id',
  bytes: 'mlflow_mlops_bytes',
  imageBytes: 'mlflow_mlops_image_bytes',
} as const;

/**
 * What is to be deployed, made from a model's packages: the approved ones that the sync made, each in the environments that its
 * version is promoted into. The pipeline deploys exactly this, and is started exactly when this changes.
 *
 * While a version is packed anew it has two packages for a time: the newest approved one counts, and what it says.
 *
 * @param packages the packages of one group, in any order
 * @param owner the sync's mark: a package that bears another one, or none, is somebody else's
 * @returns by environment and version, the same for the same packages
 */
export function deployableSet(packages: readonly RegisteredPackage[], owner: string): Deployable[] {
  const newest = [...newestByVersion(packages, owner)].sort(([one], [other]) => compareVersions(one, other));
  return ENVIRONMENTS.flatMap((environment) =>
    newest
      .filter(([, { metadata }]) => words(metadata[STEERING_METADATA.environments]).includes(environment))
      .map(([version, { arn, metadata, uncompressed }]) => ({
        environment,
        version,
        packageArn: arn,
        ...given('modelName', metadata[STEERING_METADATA.modelName]),
        ...given('runId', metadata[STEERING_METADATA.runId]),
        ...(uncompressed ? { uncompressed } : {}),
        ...sizeOf('bytes', metadata[STEERING_METADATA.bytes]),
        ...sizeOf('imageBytes', metadata[STEERING_METADATA.imageBytes]),
      })),
  );
}

/** The number that a package has in its group, from its ARN; 0 for an ARN without one. */
export function packageVersion(arn: string): number {
  return Number(/\/(\d+)$/.exec(arn)?.[1] ?? 0);
}

function newestByVersion(packages: readonly RegisteredPackage[], owner: string): Map<string, RegisteredPackage> {
  const newest = new Map<string, RegisteredPackage>();
  for (const candidate of packages) {
    const version = candidate.metadata[STEERING_METADATA.version];
    if (candidate.approval !== 'Approved' || candidate.metadata[STEERING_METADATA.owner] !== owner || !version) {
      continue;
    }
    const known = newest.get(version);
    if (known === undefined || packageVersion(candidate.arn) > packageVersion(known.arn)) {
      newest.set(version, candidate);
    }
  }
  return newest;
}

/** MLflow's versions are numbers; should one be anything else, the order is still the same everywhere. */
function compareVersions(one: string, other: string): number {
  return Number(one) - Number(other) || (one < other ? -1 : Number(one > other));
}

function words(text = ''): string[] {
  return text.split(' ').filter((word) => word !== '');
}

function sizeOf<K extends string>(key: K, text = ''): Partial<Record<K, number>> {
  return /^[0-9]{1,15}$/.test(text) ? ({ [key]: Number(text) } as Record<K, number>) : {};
}

function given<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value ? ({ [key]: value } as Record<K, string>) : {};
}
