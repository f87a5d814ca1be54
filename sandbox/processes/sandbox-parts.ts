import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { machineEnvironment } from '../developer-tools/codebuild/machine';
import { ministackPart } from '../ministack/ministack';
import { mlflowPart } from '../mlflow/mlflow';
import { baseEnvironment } from './base-environment';
import type { PartSpec } from './part';
import { PROJECT, type SandboxPaths } from './paths';
import { typescriptArguments } from './start';

/** How many ports the sandbox's servers need. */
export const PORT_COUNT = 5;

/** The names of the servers, as `status` and `logs` show them. */
export const PART_NAMES = ['ministack', 'mlflow', 'sagemaker', 'developer-tools', 'databricks'] as const;

/** The servers that are this project's own. */
type StandIn = Exclude<(typeof PART_NAMES)[number], 'ministack' | 'mlflow'>;

/** The line with which a server of this project says that it listens. */
const READY_LINE = /^\{"url":/;

/**
 * The servers of the sandbox. All can start at once: each is told the others' addresses before those answer.
 *
 * @param token what the Databricks front accepts
 */
export function sandboxParts(paths: SandboxPaths, python: string, token: string, ports: readonly number[]): PartSpec[] {
  const [ministack, mlflow, sagemaker, databricks, developerTools] = ports;
  if (!ministack || !mlflow || !sagemaker || !databricks || !developerTools) {
    throw new Error(`the sandbox needs ${PORT_COUNT} ports, not ${ports.length}`);
  }
  const base = baseEnvironment(paths, python);
  const machine = machineEnvironment(undefined, process.env);
  const url = (port: number): string => `http://127.0.0.1:${port}`;
  const standIn = (name: StandIn, port: number, env: Record<string, string>): PartSpec => ({
    name,
    port,
    url: url(port),
    command: [process.execPath, ...typescriptArguments(join(PROJECT, 'sandbox', name, 'main.ts'))],
    cwd: PROJECT,
    env: { ...base, PORT: String(port), STOP_WITH_STDIN: '1', ...env },
    listening: READY_LINE,
  });
  return [
    ministackPart({
      paths,
      python,
      base,
      port: ministack,
      sagemakerUrl: url(sagemaker),
      developerToolsUrl: url(developerTools),
    }),
    mlflowPart({ paths, python, base, port: mlflow, s3Url: url(ministack) }),
    standIn('sagemaker', sagemaker, {
      // It installs TensorFlow for the first TensorFlow model.
      ...machine,
      PYTHON: python,
      AWS_ENDPOINT_URL: url(ministack),
      WORK_DIR: join(paths.home, 'sagemaker'),
      ENVIRONMENT_FOLDERS: join(paths.home, 'images'),
    }),
    standIn('developer-tools', developerTools, {
      PYTHON: python,
      AWS_ENDPOINT_URL: url(ministack),
      SAGEMAKER_URL: url(sagemaker),
      WORK_DIR: join(paths.home, 'developer-tools'),
      REPOSITORIES_DIR: paths.repositories,
      ENVIRONMENT_FOLDERS: join(paths.home, 'images'),
      // The server's own environment has nothing of the machine's.
      BUILD_ENVIRONMENT: JSON.stringify(machine),
    }),
    standIn('databricks', databricks, { MLFLOW_SERVER_URI: url(mlflow), DATABRICKS_TOKEN: token }),
  ];
}

/** A token in the shape of a Databricks personal access token. */
export function newToken(): string {
  return `dapi${randomBytes(16).toString('hex')}`;
}
