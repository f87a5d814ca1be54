import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ministackPart } from '../../../sandbox/ministack/ministack';
import { mlflowPart } from '../../../sandbox/mlflow/mlflow';
import { baseEnvironment } from '../../../sandbox/processes/base-environment';
import { Part, type PartSpec } from '../../../sandbox/processes/part';
import { type SandboxPaths, sandboxPaths } from '../../../sandbox/processes/paths';
import { freePorts } from '../../../sandbox/processes/ports';
import { ensureVenv } from '../../../sandbox/setup/venv';

/** Nobody listens there. */
export const NOWHERE = 'http://127.0.0.1:9';
const START_MS = 120_000;

/** What parts are described by. */
interface Place {
  readonly paths: SandboxPaths;
  readonly python: string;
  readonly base: Readonly<Record<string, string>>;
  readonly port: number;
}

/** The folders of a sandbox of its own. */
export function newPaths(): SandboxPaths {
  return sandboxPaths(join(mkdtempSync(join(tmpdir(), 'a part ')), 'home'));
}

/** Starts MiniStack as the sandbox does. The caller stops it. */
export function startMiniStack(standIns: { sagemakerUrl?: string; developerToolsUrl?: string } = {}): Promise<Part> {
  const urls = { sagemakerUrl: NOWHERE, developerToolsUrl: NOWHERE, ...standIns };
  return start((place) => ministackPart({ ...place, ...urls }), newPaths());
}

/** Starts MLflow as the sandbox does, in folders where it may have run before. The caller stops it. */
export function startMlflow(paths = newPaths()): Promise<Part> {
  return start(mlflowPart, paths);
}

async function start(specOf: (place: Place) => PartSpec, paths: SandboxPaths): Promise<Part> {
  const python = await ensureVenv(() => undefined);
  const [port = 0] = await freePorts(1);
  const spec = specOf({ paths, python, base: baseEnvironment(paths, python), port });
  const part = new Part(spec, python, paths.logs, () => undefined);
  if (!(await part.serves(START_MS))) {
    await part.stop();
    throw new Error(`${spec.name} did not start: see ${paths.logs}`);
  }
  return part;
}
