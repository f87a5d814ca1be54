import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SandboxPaths, sandboxPaths } from '../../../../sandbox/processes/paths';
import { processEntry } from '../../../../sandbox/processes/process-table';
import { type StartedSupervisor, startSupervisor, untilReady } from '../../../../sandbox/processes/start';
import type { SandboxState } from '../../../../sandbox/processes/state';
import { findPython } from '../../../../sandbox/setup/find-python';

/** A sandbox of toy servers in a folder whose name has spaces. */
export interface ToySandbox {
  readonly paths: SandboxPaths;
  readonly supervisor: StartedSupervisor;
  ready(): Promise<SandboxState>;
}

/** An empty folder for a sandbox. */
export function newHome(): SandboxPaths {
  return sandboxPaths(join(mkdtempSync(join(tmpdir(), 'toy sandbox ')), 'home'));
}

/** Starts a supervisor of toy servers. */
export function startToys(toys: Record<string, Record<string, string>>, paths = newHome()): ToySandbox {
  const PYTHON = findPython(process.env).executable;
  const entry = join(__dirname, 'toy-supervisor.ts');
  const supervisor = startSupervisor(paths, entry, { TOYS: JSON.stringify(toys), PYTHON });
  return { paths, supervisor, ready: () => untilReady(paths, supervisor, () => undefined) };
}

/** All process ids that a sandbox noted. */
export function pidsOf(state: SandboxState): number[] {
  return state.parts.flatMap(({ guard, program }) => [guard?.pid, program?.pid].filter((pid) => pid !== undefined));
}

/** The pid that a toy wrote to a file. */
export function pidIn(file: string): number {
  return Number(readFileSync(file, 'utf8'));
}

/** Which of these processes are alive still when they had time to end. */
export async function survivors(pids: readonly number[], withinMs = 8_000): Promise<number[]> {
  const deadline = Date.now() + withinMs;
  const alive = () => pids.filter((pid) => processEntry(pid));
  while (alive().length > 0 && Date.now() < deadline) {
    await sleep(50);
  }
  return alive();
}

/** Waits until something holds. */
export async function until(condition: () => boolean, withinMs = 8_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error('it did not come to hold in time');
    }
    await sleep(50);
  }
}
