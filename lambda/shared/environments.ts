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
}

export const ENVIRONMENTS: readonly Environment[] = [
  { name: 'Staging', stages: ['Staging'], aliases: ['staging'] },
  { name: 'Production', stages: ['Production'], aliases: ['production'] },
];

/**
 * The environments that a version is promoted into, in the order of {@link ENVIRONMENTS}.
 *
 * @returns names, empty for a version that is not to be deployed (`None`, `Archived`, no alias that counts)
 */
export function environmentsOf(version: { stage: string; aliases: readonly string[] }): string[] {
  return ENVIRONMENTS.filter(
    ({ stages, aliases }) =>
      stages.includes(version.stage) || version.aliases.some((alias) => aliases.includes(alias.toLowerCase())),
  ).map(({ name }) => name);
}
