import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SandboxEnv } from '../cli/context';
import { ensureTensorFlow } from '../setup/venv';

const run = promisify(execFile);

/** What train.py can train: `tensorflow` is logged as a SavedModel, `keras` as a file of Keras 3, `pyfunc` as own code. */
export type ModelKind = 'sklearn' | 'xgboost' | 'lightgbm' | 'pyfunc' | 'tensorflow' | 'keras';

/** A model that was trained, logged and registered, with what MLflow itself answers for a request. */
export interface TrainedModel {
  readonly name: string;
  readonly version: string;
  /** Body for an endpoint. */
  readonly request: unknown;
  readonly predictions: readonly number[];
}

/**
 * Trains a real model with the public `mlflow` client against the account's registry.
 *
 * @param more variables for MLflow's client, for example MLFLOW_EXPERIMENT_NAME
 * @throws Error with the end of Python's own output
 */
export async function trainModel(
  env: Pick<SandboxEnv, 'PYTHON' | 'MLFLOW_TRACKING_URI' | 'MLFLOW_TRACKING_TOKEN'>,
  kind: ModelKind,
  name: string,
  seed = 0,
  more: Readonly<Record<string, string>> = {},
): Promise<TrainedModel> {
  if (kind === 'tensorflow' || kind === 'keras') await ensureTensorFlow(env.PYTHON);
  const { stdout } = await run(env.PYTHON, [join(__dirname, 'train.py'), kind, name, String(seed)], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      MLFLOW_TRACKING_URI: env.MLFLOW_TRACKING_URI,
      ...(env.MLFLOW_TRACKING_TOKEN === undefined ? {} : { MLFLOW_TRACKING_TOKEN: env.MLFLOW_TRACKING_TOKEN }),
      MLFLOW_DISABLE_TELEMETRY: 'true',
      GIT_PYTHON_REFRESH: 'quiet',
      PYTHONWARNINGS: 'ignore',
      ...more,
    },
    maxBuffer: 16 * 1024 * 1024,
  });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  return { name, ...(JSON.parse(last) as Omit<TrainedModel, 'name'>) };
}
