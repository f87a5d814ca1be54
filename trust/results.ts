import type { Machine } from '../bench/report/machine';
import { RUNS } from './runs';
import type { Verdict } from './verdict';

/** Stored results, from the project's root. */
export const RESULTS = 'trust/results.json';

/** The latest result of a run. */
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
 * Merges new verdicts into the stored results, in the order of the runs. Results of removed runs are dropped.
 *
 * @param verdicts of the runs that just ended
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
