import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SandboxEnv } from '../cli/context';

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
 * @throws Error with the end of Python's own output
 */
export async function trainModel(env: SandboxEnv, kind: ModelKind, name: string, seed = 0): Promise<TrainedModel> {
  const { stdout } = await run(env.PYTHON, [join(__dirname, 'train.py'), kind, name, String(seed)], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      MLFLOW_TRACKING_URI: env.MLFLOW_TRACKING_URI,
      ...(env.MLFLOW_TRACKING_TOKEN === undefined ? {} : { MLFLOW_TRACKING_TOKEN: env.MLFLOW_TRACKING_TOKEN }),
      MLFLOW_DISABLE_TELEMETRY: 'true',
      GIT_PYTHON_REFRESH: 'quiet',
      PYTHONWARNINGS: 'ignore',
    },
    maxBuffer: 16 * 1024 * 1024,
  });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  return { name, ...(JSON.parse(last) as Omit<TrainedModel, 'name'>) };
}
