/**
 * Which stages and aliases of an MLflow registry mean which SageMaker environment.
 * This is the one place to change when a team promotes by other names.
 */
export interface Environment {
  /** The environment's name, as packages, stacks and `inference.yaml` call it. */
  readonly name: string;
  /** MLflow stages that promote a version into it. */
  readonly stages: readonly string[];
  /** MLflow aliases that promote a version into it. MLflow keeps aliases in lower case. */
  readonly aliases: readonly string[];
  /** Unpacked bytes of a model that its kind of endpoint holds. */
  readonly modelBytesMax: number;
}

const GIB = 1024 ** 3;

export const ENVIRONMENTS: readonly Environment[] = [
  // Real-time: the largest volume that an instance can have (API_ProductionVariant, VolumeSizeInGB).
  { name: 'Staging', stages: ['Staging'], aliases: ['staging'], modelBytesMax: 512 * GIB },
  // Serverless: its disk, whatever its memory (docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html, Memory size).
  { name: 'Production', stages: ['Production'], aliases: ['production'], modelBytesMax: 5 * GIB },
];

/**
 * The environments that a version is promoted into, in the order of {@link ENVIRONMENTS}.
 *
 * @returns empty for a version that is not to be deployed (`None`, `Archived`, no alias that counts)
 */
export function environmentsOf(version: { stage: string; aliases: readonly string[] }): Environment[] {
  return ENVIRONMENTS.filter(
    ({ stages, aliases }) =>
      stages.includes(version.stage) || version.aliases.some((alias) => aliases.includes(alias.toLowerCase())),
  );
}

/** Whether a version is to be deployed at all: promoted into an environment, and its files are complete. */
export function isPromoted(version: { stage: string; aliases: readonly string[]; status: string }): boolean {
  return version.status === 'READY' && environmentsOf(version).length > 0;
}
