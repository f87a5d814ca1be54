import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { processId } from './part';
import type { SandboxPaths } from './paths';
import { STAY } from './run-supervisor';
import { readState, type SandboxState } from './state';

/** The arguments with which Node runs a TypeScript file of this project. */
export function typescriptArguments(file: string): [string, string, string] {
  return ['--import', pathToFileURL(require.resolve('tsx')).href, file];
}

/** A supervisor that was started, and lives no longer than this process until it is told to stay. */
export interface StartedSupervisor {
  readonly process: ChildProcess;
  /** Lets it live on after this process. */
  stay(): void;
}

/**
 * Starts a supervisor process, apart from this one's terminal and process group.
 *
 * @param entry the TypeScript file that calls `runSupervisor`
 * @param env what it gets beside this process's environment
 */
export function startSupervisor(paths: SandboxPaths, entry: string, env: Record<string, string>): StartedSupervisor {
  mkdirSync(paths.logs, { recursive: true });
  rmSync(paths.state, { force: true });
  const log = openSync(join(paths.logs, 'supervisor.log'), 'a');
  const child = spawn(process.execPath, typescriptArguments(entry), {
    detached: true,
    stdio: ['pipe', log, log],
    env: { ...process.env, ...env, SANDBOX_HOME: paths.home },
  });
  closeSync(log);
  const lifeline = child.stdin;
  lifeline?.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      throw error;
    }
  });
  // Neither the child nor the pipe keeps this process from ending.
  child.unref();
  (lifeline as unknown as { unref(): void } | null)?.unref();
  return { process: child, stay: () => lifeline?.end(STAY) };
}

/**
 * Waits until the supervisor has all parts running.
 *
 * @param changed is told each new state
 * @throws SupervisorFailed when a part or the supervisor itself ended
 */
export async function untilReady(
  paths: SandboxPaths,
  supervisor: StartedSupervisor,
  changed: (state: SandboxState) => void,
  signal?: AbortSignal,
): Promise<SandboxState> {
  for (;;) {
    signal?.throwIfAborted();
    const alive = processId(supervisor.process.pid) !== undefined;
    const state = readState(paths.state);
    if (state) {
      changed(state);
    }
    if (state?.phase === 'ready') {
      return state;
    }
    if (state?.phase === 'failed') {
      throw new SupervisorFailed(state.problem?.part ?? 'supervisor', state.problem?.message ?? 'a part did not start');
    }
    if (!alive || state?.phase === 'stopped') {
      throw new SupervisorFailed('supervisor', 'the supervisor ended before all parts were running');
    }
    await sleep(50);
  }
}

/** A sandbox did not come up. */
export class SupervisorFailed extends Error {
  override readonly name = 'SupervisorFailed';

  /** @param part whose log tells more */
  constructor(
    readonly part: string,
    message: string,
  ) {
    super(message);
  }
}
