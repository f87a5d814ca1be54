import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

const GUARD = join(__dirname, 'guard.py');

/** Exit codes as a shell has them: a command that cannot be run, and one ended by SIGKILL. */
const CANNOT_START = 127;
const KILLED = 137;

/** A program to run, and where. */
export interface Program {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  /** Its whole environment: nothing of this process's own reaches it unless it is named here. */
  readonly env: Readonly<Record<string, string>>;
}

/** A running program whose process group ends with this process. */
export interface Guarded {
  readonly guard: ChildProcess;
  /** Resolves with the id of the program's process group, which is the program's own id. */
  readonly group: Promise<number>;
  /** Resolves once the program and its whole group have ended: with its exit code, or 128 and the signal's number. */
  readonly ended: Promise<number>;
  /** Asks the group to end, and makes it after the guard's grace of 5 seconds. */
  stop(): void;
}

/**
 * Starts a program under the guard, which ends the program's process group when this process ends in any way.
 *
 * @param python the interpreter that runs the guard
 * @param output gets what the program writes
 */
export function startGuarded(python: string, program: Program, output: (chunk: Buffer) => void): Guarded {
  const guard = spawn(python, ['-I', GUARD, ...program.command], {
    cwd: program.cwd,
    env: program.env,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    // In a group of its own, so that a terminal's Ctrl-C reaches it through us only.
    detached: true,
  });
  guard.stdout.on('data', output);
  guard.stderr.on('data', output);
  guard.stdin.on('error', ignoreClosedPipe);
  const group = readGroup(guard);
  // Whoever waits for the end only is not told twice that it did not start.
  group.catch(() => undefined);
  return { guard, group, ended: endOf(guard, group, output), stop: () => void guard.kill('SIGTERM') };
}

async function readGroup(guard: ChildProcess): Promise<number> {
  const report = guard.stdio[3] as Readable;
  const chunks: Buffer[] = [];
  for await (const chunk of report) {
    chunks.push(chunk as Buffer);
  }
  const group = Number(Buffer.concat(chunks).toString());
  if (!Number.isInteger(group) || group <= 1) {
    throw new Error('the program could not be started: the log says why');
  }
  return group;
}

async function endOf(guard: ChildProcess, group: Promise<number>, output: (chunk: Buffer) => void): Promise<number> {
  const closed = new Promise<void>((resolve) => guard.once('close', () => resolve()));
  const code = await new Promise<number | null>((resolve) => {
    guard.once('exit', resolve);
    guard.once('error', (error) => {
      output(Buffer.from(`${error.message}\n`));
      resolve(CANNOT_START);
    });
  });
  if (code === null) {
    // The guard was killed, so it could not end its group.
    await group.then(killGroup, () => undefined);
  }
  if (code !== CANNOT_START) {
    await closed;
  }
  return code ?? KILLED;
}

/** Ends every process of a group at once; a group that is gone already is what was wanted. */
export function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    // macOS answers EPERM for a group that has only zombies left.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      throw error;
    }
  }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') {
    throw error;
  }
}
