import { setTimeout as wait } from 'node:timers/promises';

/** How a number of calls went. */
export interface Load {
  readonly perSecond: number;
  /** Milliseconds within which half of them, and 99 of 100, were answered. */
  readonly p50: number;
  readonly p99: number;
}

/** Until a call that was turned away as one too many is made again, in milliseconds. */
const TURNED_AWAY_MS = 50;

/**
 * Makes calls, a number of them at a time. One that is turned away is made again, and only the time of the one that is answered
 * counts.
 *
 * @param call gives false when it was turned away
 * @throws what a call throws first
 */
export async function callMany(calls: number, atOnce: number, call: () => Promise<boolean>): Promise<Load> {
  const milliseconds: number[] = [];
  let begun = 0;
  const caller = async () => {
    while (begun < calls) {
      begun++;
      let start = performance.now();
      while (!(await call())) {
        await wait(TURNED_AWAY_MS);
        start = performance.now();
      }
      milliseconds.push(performance.now() - start);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, caller));
  const seconds = (performance.now() - start) / 1000;
  return { perSecond: calls / seconds, p50: percentile(milliseconds, 50), p99: percentile(milliseconds, 99) };
}

/** The least value that is not below `percent` of 100 of all. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((first, second) => first - second);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}
