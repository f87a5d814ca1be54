import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ministackPart } from '../../../../sandbox/ministack/ministack';
import { baseEnvironment } from '../../../../sandbox/processes/base-environment';
import { Part } from '../../../../sandbox/processes/part';
import { sandboxPaths } from '../../../../sandbox/processes/paths';
import { freePorts } from '../../../../sandbox/processes/ports';
import { ensureVenv } from '../../../../sandbox/setup/venv';

/** Nobody listens there. */
export const NOWHERE = 'http://127.0.0.1:9';

/** Starts MiniStack as the sandbox does. The caller stops it. */
export async function startMiniStack(
  standIns: { sagemakerUrl?: string; developerToolsUrl?: string } = {},
): Promise<Part> {
  const paths = sandboxPaths(join(mkdtempSync(join(tmpdir(), 'ministack ')), 'home'));
  const python = await ensureVenv(() => undefined);
  const [port = 0] = await freePorts(1);
  const base = baseEnvironment(paths, python);
  const urls = { sagemakerUrl: NOWHERE, developerToolsUrl: NOWHERE, ...standIns };
  const ministack = new Part(
    ministackPart({ paths, python, base, port, ...urls }),
    python,
    paths.logs,
    () => undefined,
  );
  if (!(await ministack.serves(30_000))) {
    await ministack.stop();
    throw new Error(`MiniStack did not start: see ${paths.logs}`);
  }
  return ministack;
}
