import { setTimeout as wait } from 'node:timers/promises';
import { BusyError } from './failure';

/** How a server that says "not now" is asked again. */
export interface PatienceLimits {
  /** Requests for one answer. */
  readonly tries: number;
  /** Before the second one; doubled each time, and up to half as much again, so that many askers do not come at once. */
  readonly firstWaitMs: number;
  /** The most that one answer is waited for between its requests, whatever the server wishes. */
  readonly answerMs: number;
  /** The most that all answers together are waited for: beyond it the server is left to a later invocation. */
  readonly allMs: number;
}

/**
 * Together with the four retries of a step (lib/model-sync/sync-step.ts) it outlasts half a minute of refusals; for two answers
 * it is less than the 30 seconds that the shortest of the functions have.
 */
export const PATIENCE: PatienceLimits = { tries: 4, firstWaitMs: 1_000, answerMs: 10_500, allMs: 60_000 };

/** Answers that say that nothing was done: what changes something may be asked for once more then, too. */
const NOTHING_DONE = [429, 503];

/** The waiting for one registry, of which there is not without end. */
export class Patience {
  private waitedMs = 0;

  constructor(private readonly limits: PatienceLimits = PATIENCE) {}

  /**
   * Asks until there is an answer that is not "not now", as long as it may.
   *
   * @param repeatable whether asking twice does no more than asking once
   * @throws what was answered last
   */
  async ask<T>(repeatable: boolean, once: () => Promise<T>): Promise<T> {
    const { tries, firstWaitMs, answerMs, allMs } = this.limits;
    let waited = 0;
    for (let tried = 1; ; tried++) {
      try {
        return await once();
      } catch (error) {
        if (!(error instanceof BusyError) || !(repeatable || NOTHING_DONE.includes(error.status)) || tried >= tries) {
          throw error;
        }
        const own = firstWaitMs * 2 ** (tried - 1) * (1 + Math.random() / 2);
        const ms = Math.max(own, error.retryAfterMs ?? 0);
        if (waited + ms > answerMs || this.waitedMs + ms > allMs) {
          throw error;
        }
        waited += ms;
        this.waitedMs += ms;
        await wait(ms);
      }
    }
  }
}
