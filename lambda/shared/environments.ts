/**
 * Which stages and aliases of an MLflow registry mean which SageMaker environment.
 * This is the one place to change when a team promotes by other names.
 */
export interface Environment {
  /** The environment's name, as packages, stacks and `inference.yaml` call it. */
  readonly name: string;
  /** MLflow stages that promote a version into it. */
  readonly stages: readonly string[];
  /** MLflow aliases that promote a version into it, in lower case; see {@link environmentsOf}. */
  readonly aliases: readonly string[];
}

export const ENVIRONMENTS: readonly Environment[] = [
  { name: 'Staging', stages: ['Staging'], aliases: ['staging'] },
  { name: 'Production', stages: ['Production'], aliases: ['production'] },
];

/**
 * The environments that a version is promoted into, in the order of {@link ENVIRONMENTS}.
 *
 * The case of an alias does not matter. In open-source MLflow `Production` and `production` are two aliases, each of one version:
 * both versions are promoted then (docs/adr/0026).
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
