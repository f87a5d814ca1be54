import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { startGuarded } from '../../sandbox/processes/guarded';
import type { Cost } from './run';

const WRAPPER = join(__dirname, 'child.py');
/** Far beyond the slowest way at the full size; a run that hangs is ended. */
const LIMIT_SECONDS = 900;

const Result = z.object({
  exitCode: z.number(),
  seconds: z.number(),
  cpuSeconds: z.number(),
  memoryBytes: z.number(),
});

/** A command to be measured. */
export interface Measured {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs a command in a folder of its own, which is emptied before and removed afterwards.
 *
 * @param folder the command's current folder
 * @throws Error with the last lines that it said when it did not end with 0
 */
export async function runCommand(
  { name, command, env }: Measured,
  folder: string,
  python: string,
  signal: AbortSignal,
): Promise<Cost> {
  const work = join(folder, 'work');
  const result = join(folder, 'cost.json');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  let said = '';
  const program = startGuarded(
    python,
    { command: [python, '-I', WRAPPER, result, String(LIMIT_SECONDS), ...command], cwd: work, env },
    (chunk) => {
      said = `${said}${chunk.toString()}`.slice(-4_000);
    },
  );
  signal.addEventListener('abort', program.stop, { once: true });
  const ended = await program.ended;
  signal.removeEventListener('abort', program.stop);
  signal.throwIfAborted();
  const { exitCode, ...cost } =
    ended === 0 ? Result.parse(JSON.parse(readFileSync(result, 'utf8'))) : { exitCode: ended };
  if (exitCode !== 0 || !('seconds' in cost)) {
    throw new Error(`${name} ended with ${exitCode}:\n${said.trim().split('\n').slice(-8).join('\n')}`);
  }
  const diskBytes = bytesBelow(work);
  rmSync(folder, { recursive: true, force: true });
  return { ...cost, diskBytes };
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
