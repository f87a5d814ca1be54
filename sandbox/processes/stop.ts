import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { killGroup } from './guarded';
import type { SandboxPaths } from './paths';
import { groupMembers, processEntry } from './process-table';
import { type ProcessId, readState, type SandboxState } from './state';

/** How long the supervisor may take to end its parts: their own grace is 5 seconds. */
const GRACE_MS = 15_000;

/**
 * Ends everything that the sandbox in this folder started, by the ids in its state, and forgets the sandbox.
 * Ids that belong to other processes meanwhile are left alone.
 *
 * @returns whether there was anything to end
 * @throws Error that names the processes that did not end
 */
export async function stopSandbox(paths: SandboxPaths): Promise<boolean> {
  const state = readState(paths.state);
  if (!state) {
    forget(paths);
    return false;
  }
  const had = living(state).length > 0;
  if (isAlive(state.supervisor)) {
    process.kill(state.supervisor.pid, 'SIGTERM');
    await until(() => !isAlive(state.supervisor), GRACE_MS);
  }
  // The supervisor may have noted more since, or have been killed before it could end its parts.
  const last = readState(paths.state) ?? state;
  await until(() => guardsEnded(last), 7_000);
  for (const pid of living(last)) {
    end(pid, last);
  }
  if (!(await until(() => living(last).length === 0, 5_000))) {
    throw new Error(`these processes of the sandbox do not end: ${living(last).join(', ')}`);
  }
  forget(paths);
  return had;
}

/** Whether this very process is alive, not another one with its id. */
export function isAlive(id: ProcessId | undefined): boolean {
  return id !== undefined && processEntry(id.pid)?.started === id.started;
}

/** The ids of the living processes of a sandbox. */
export function living(state: SandboxState): number[] {
  const known = [state.supervisor, ...state.parts.map((part) => part.guard)].flatMap((id) =>
    id && isAlive(id) ? [id.pid] : [],
  );
  return [...known, ...state.parts.flatMap((part) => (part.program ? ownGroup(part.program, state.marks) : []))];
}

/**
 * The members of a program's group. When the program itself is gone, a group with its id is ours only if a member's
 * command says so: the id may have been given away.
 */
function ownGroup(program: ProcessId, marks: readonly string[]): number[] {
  const members = groupMembers(program.pid);
  const leader = members.find((member) => member.pid === program.pid);
  const ours = leader
    ? leader.started === program.started
    : members.some((member) => marks.some((mark) => member.command.includes(mark)));
  return ours ? members.map((member) => member.pid) : [];
}

/** The guards end by themselves, their parts before them, when the supervisor has ended. */
function guardsEnded(state: SandboxState): boolean {
  return state.parts.every((part) => !isAlive(part.guard));
}

function end(pid: number, state: SandboxState): void {
  const program = state.parts.find((part) => part.program?.pid === pid);
  if (program) {
    killGroup(pid);
    return;
  }
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}

async function until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) {
      return false;
    }
    await sleep(50);
  }
  return true;
}

function forget(paths: SandboxPaths): void {
  for (const file of [paths.env, paths.openSourceEnv, paths.state]) {
    rmSync(file, { force: true });
  }
}
