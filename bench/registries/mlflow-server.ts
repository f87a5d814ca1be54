import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { mlflowPart } from '../../sandbox/mlflow/mlflow';
import { baseEnvironment } from '../../sandbox/processes/base-environment';
import { Part } from '../../sandbox/processes/part';
import { sandboxPaths } from '../../sandbox/processes/paths';
import { freePorts } from '../../sandbox/processes/ports';
import type { GeneratedModel } from './generate';

const START_MS = 180_000;

/** Starts a real MLflow server with an empty registry in a folder of its own. */
export async function startMlflow(folder: string, python: string): Promise<Part> {
  mkdirSync(folder, { recursive: true });
  const paths = sandboxPaths(folder);
  const [port = 0] = await freePorts(1);
  const spec = mlflowPart({ paths, python, base: baseEnvironment(paths, python), port });
  const part = new Part(spec, python, paths.logs, () => undefined);
  if (!(await part.serves(START_MS))) {
    await part.stop();
    throw new Error(`MLflow did not start within ${START_MS / 1000} s: see ${join(paths.logs, 'mlflow.log')}`);
  }
  return part;
}

/** Puts models into the registry of a server that {@link startMlflow} started. */
export async function fillMlflow(folder: string, python: string, models: Iterable<GeneratedModel>): Promise<void> {
  const database = join(sandboxPaths(folder).home, 'mlflow', 'mlflow.db');
  const child = spawn(python, [join(__dirname, 'fill.py'), database], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  await pipeline(lines(models), child.stdin);
  const [code] = (await ended) as [number | null];
  if (code !== 0) {
    throw new Error(
      `fill.py ended with exit code ${code}: are the tables still those of the MLflow that is installed?`,
    );
  }
}

function* lines(models: Iterable<GeneratedModel>): Generator<string> {
  for (const model of models) {
    yield `${JSON.stringify(model)}\n`;
  }
}
