import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { requirePython } from '../sagemaker/stage';
import type { Training } from './trainings';

const run = promisify(execFile);
const SCRIPT = join(__dirname, '..', '..', '..', 'serving-matrix', 'train.py');
const BUILDER = join(__dirname, '..', '..', '..', '..', 'environment-image');
const UV = () => join(dirname(requirePython()), 'uv');

/** What a trained model has to answer. */
export interface Trained {
  readonly requests: readonly {
    readonly body: unknown;
    readonly expected: Numbers;
    /** The same table as CSV; absent for a tensor. */
    readonly csv?: { readonly body: string; readonly expected: Numbers };
  }[];
}

/** Numbers of `mlflow.pyfunc` in the training environment, null for a missing one; null where it raises. */
export type Numbers = readonly (number | null)[] | null;

/** Trains models in an environment of their own; by kind what they have to answer, or why one cannot be trained there. */
export async function train(
  training: Training,
  folder: string,
  kinds: readonly string[],
): Promise<Record<string, Trained | { readonly missing: string }>> {
  const python = await trainingPython(training);
  const { stdout } = await run(python, ['-W', 'ignore', SCRIPT, folder, ...kinds], {
    env: { ...process.env, PYTHONPATH: '', MLFLOW_DISABLE_TELEMETRY: 'true', GIT_PYTHON_REFRESH: 'quiet' },
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, Trained | { missing: string }>;
}

/** The interpreter of a training environment, which is created once for a user. */
async function trainingPython({ python, packages, before }: Training): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mlflow-mlops', 'training');
  const key = createHash('sha256')
    .update(JSON.stringify([python, packages, before]))
    .digest('hex')
    .slice(0, 32);
  const folder = join(cache, key);
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    const work = mkdtempSync(join(cache, 'making-'));
    try {
      const interpreter = await findPython(python);
      await run(UV(), ['venv', '--quiet', '--relocatable', '--python', interpreter, join(work, 'env')]);
      const target = ['--python', join(work, 'env', 'bin', 'python'), ...(before ? ['--exclude-newer', before] : [])];
      await run(UV(), ['pip', 'install', '--quiet', '--only-binary', ':all:', ...target, ...packages]);
      renameSync(join(work, 'env'), folder);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return join(folder, 'bin', 'python');
}

/** As the sandbox finds the Python of an environment image. */
async function findPython(minor: string): Promise<string> {
  const program = 'import sys; from builder.folder import find_python; print(find_python(sys.argv[1]))';
  const { stdout } = await run(requirePython(), ['-c', program, minor], { cwd: BUILDER });
  return stdout.trim();
}
