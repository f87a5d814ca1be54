import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processEntry } from './process-table';

/** How old the marker of somebody who removes a stale lock must be before that somebody counts as dead. */
const BREAKER_STALE_MS = 10_000;

/**
 * Runs `work` while no other process runs one under the same lock. The lock of a process that has died is taken over.
 *
 * @param folder where the lock lives; made when missing
 * @param waiting is told once, with the holder's process id, when one has to wait
 */
export async function withLock<T>(
  folder: string,
  waiting: (holder: number) => void,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const release = await acquire(folder, waiting, signal);
  try {
    return await work();
  } finally {
    release();
  }
}

async function acquire(folder: string, waiting: (holder: number) => void, signal?: AbortSignal): Promise<() => void> {
  mkdirSync(folder, { recursive: true });
  const owner = join(folder, 'owner');
  const draft = join(folder, `draft.${process.pid}.${Math.random().toString(36).slice(2)}`);
  writeFileSync(draft, JSON.stringify({ pid: process.pid, started: processEntry(process.pid)?.started }));
  try {
    for (let told = false; ; ) {
      signal?.throwIfAborted();
      // A link makes the lock and its content in one step.
      if (made(() => linkSync(draft, owner))) {
        return () => rmSync(owner, { force: true });
      }
      const holder = livingHolder(owner);
      if (holder === undefined) {
        removeStale(folder, owner);
      } else if (!told) {
        waiting(holder);
        told = true;
      }
      await sleep(100);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function livingHolder(owner: string): number | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(owner, 'utf8')) as { pid: number; started: string };
    return processEntry(pid)?.started === started ? pid : undefined;
  } catch (error) {
    // Released meanwhile: nobody holds it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/**
 * Removes a dead process's lock. Two that find it dead must not both remove: the second would remove the lock that the first
 * took meanwhile. So the removal has a marker of its own, and looks again under it.
 */
function removeStale(folder: string, owner: string): void {
  const breaker = join(folder, 'breaker');
  if (!made(() => writeFileSync(breaker, '', { flag: 'wx' }))) {
    const age = Date.now() - (statSync(breaker, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > BREAKER_STALE_MS) {
      rmSync(breaker, { force: true });
    }
    return;
  }
  try {
    if (livingHolder(owner) === undefined) {
      rmSync(owner, { force: true });
    }
  } finally {
    rmSync(breaker, { force: true });
  }
}

function made(make: () => void): boolean {
  try {
    make();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}
