import { join, resolve } from 'node:path';

/** The project's folder. */
export const PROJECT = resolve(__dirname, '..', '..');

/** Where one sandbox keeps what it has: state, logs, data and the files that programs load its addresses from. */
export interface SandboxPaths {
  readonly home: string;
  readonly state: string;
  readonly logs: string;
  readonly tmp: string;
  readonly cdkOut: string;
  /** The git repositories that stand for CodeCommit's: `<account>/<name>.git`. */
  readonly repositories: string;
  /** Addresses and credentials of the account whose registry is a Databricks workspace. */
  readonly env: string;
  /** The same of the account whose registry is open-source MLflow. */
  readonly openSourceEnv: string;
  /** Held while a sandbox is brought up, so that two `up` at once become one after the other. */
  readonly lock: string;
}

/**
 * The paths of the sandbox in a folder.
 *
 * @param home the sandbox's folder, by default SANDBOX_HOME or `.sandbox` in the project
 */
export function sandboxPaths(home: string = process.env.SANDBOX_HOME || join(PROJECT, '.sandbox')): SandboxPaths {
  const folder = resolve(home);
  return {
    home: folder,
    state: join(folder, 'state.json'),
    logs: join(folder, 'logs'),
    tmp: join(folder, 'tmp'),
    cdkOut: join(folder, 'cdk.out'),
    repositories: join(folder, 'repositories'),
    env: join(folder, 'env'),
    openSourceEnv: join(folder, 'env.opensource'),
    lock: join(folder, 'lock'),
  };
}
