import { setTimeout as sleep } from 'node:timers/promises';

/** Unused time that a link makes up for: timers are late by a millisecond or two. */
const BURST_MS = 20;

/**
 * One direction of a network link, as a token bucket.
 *
 * @returns waits until the link has carried so many more bytes
 */
export function link(bytesPerSecond: number): (bytes: number) => Promise<void> {
  let doneMs = 0;
  return async (bytes) => {
    doneMs = Math.max(doneMs, performance.now() - BURST_MS) + (bytes / bytesPerSecond) * 1000;
    const waitMs = doneMs - performance.now();
    if (waitMs >= 1) {
      await sleep(waitMs);
    }
  };
}
