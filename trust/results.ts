import type { Machine } from '../bench/report/machine';
import { RUNS } from './runs';
import type { Verdict } from './verdict';

/** Where results are kept, from the project's root. */
export const RESULTS = 'trust/results.json';

/** What the last try of a run came to. */
export interface Result {
  /** Its id in `runs.ts`. */
  readonly run: string;
  readonly cases: number;
  readonly failures: number;
  readonly seconds: number;
  /** `2026-11-30` */
  readonly date: string;
  readonly machine: Machine;
}

/**
 * Results with new ones in their places, in the order of the runs. Runs that there are no more are left out.
 *
 * @param verdicts of the runs that were tried now
 */
export function withVerdicts(
  before: readonly Result[],
  verdicts: readonly Verdict[],
  date: string,
  machine: Machine,
): Result[] {
  const now = verdicts.map(
    ({ run, cases, failures, seconds }): Result => ({ run: run.id, cases, failures, seconds, date, machine }),
  );
  return RUNS.flatMap(({ id }) => [...now, ...before].find(({ run }) => run === id) ?? []);
}
