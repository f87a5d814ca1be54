import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../../../../sandbox/processes/lock';

const nobodyWaits = (): never => {
  throw new Error('nobody had to wait');
};

function newFolder(): string {
  return join(mkdtempSync(join(tmpdir(), 'lock ')), 'held');
}

it('lets one work at a time', async () => {
  const folder = newFolder();
  const waited: number[] = [];
  let working = 0;
  let most = 0;
  const work = async () => {
    working += 1;
    most = Math.max(most, working);
    await sleep(30);
    working -= 1;
  };
  await Promise.all(Array.from({ length: 4 }, () => withLock(folder, (holder) => waited.push(holder), work)));
  expect(most).toBe(1);
  expect(waited).toEqual([process.pid, process.pid, process.pid]);
});

it('is released when the work fails', async () => {
  const folder = newFolder();
  await expect(withLock(folder, nobodyWaits, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(folder, nobodyWaits, async () => 'done')).toBe('done');
});

it.each([
  ['a process that has died', { pid: 2 ** 22 + 1, started: '1' }],
  ['an earlier process with an id that is in use again', { pid: process.pid, started: 'earlier' }],
])('is taken over from %s', async (_, owner) => {
  const folder = newFolder();
  mkdirSync(folder);
  writeFileSync(join(folder, 'owner'), JSON.stringify(owner));
  expect(await withLock(folder, nobodyWaits, async () => 'done')).toBe('done');
});

it('stops waiting when it is told to', async () => {
  const folder = newFolder();
  const held = withLock(folder, nobodyWaits, () => sleep(500));
  await expect(
    withLock(
      folder,
      () => undefined,
      async () => 'never',
      AbortSignal.timeout(50),
    ),
  ).rejects.toThrow(/timeout/);
  await held;
});
