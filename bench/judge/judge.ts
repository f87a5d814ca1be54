import type { Summary } from '../measure/summary';
import { DISTANT_FILES, PICKLES, SMALL_FILES, WEIGHTS } from '../transfers/scenarios';
import type { Targets } from './targets';

/** Whether a target was reached. */
export interface Verdict {
  /** What was to be reached, in words. */
  readonly target: string;
  /** What was measured, in words. */
  readonly measured: string;
  readonly reached: boolean;
}

const MIB = 1024 * 1024;
const NOT_MEASURED = 'not measured';
/** Data sets on which ours is held against the references. */
const REFERENCED = [WEIGHTS, PICKLES, SMALL_FILES];

/**
 * Holds what was measured against the targets. What could not be measured was not reached.
 *
 * @param summaries of all rivals on all data sets
 */
export function judge(summaries: readonly Summary[], targets: Targets): Verdict[] {
  const find = (scenario: string, kind: Summary['kind']) =>
    summaries
      .filter((summary) => summary.scenario === scenario && summary.kind === kind)
      .sort((first, second) => first.seconds.min - second.seconds.min)[0];
  const least = (scenario: string, kind: Summary['kind']) => find(scenario, kind)?.seconds.min ?? Number.NaN;
  const { weights, pickles } = targets.fasterThanSample;
  const memories = summaries.filter(({ kind }) => kind === 'ours').map(({ memoryBytes }) => memoryBytes);
  const memory = memories.length > 0 ? Math.max(...memories) : Number.NaN;
  return [
    ...Object.entries({ [WEIGHTS]: weights, [PICKLES]: pickles }).map(([scenario, times]) =>
      atLeast(
        `${scenario}: at least ${times} times faster than the sample`,
        least(scenario, 'sample') / least(scenario, 'ours'),
        times,
      ),
    ),
    ...REFERENCED.map((scenario) =>
      atMost(
        `${scenario}: at most ${targets.slowerThanReference} times the time of the best reference`,
        least(scenario, 'ours') / least(scenario, 'reference'),
        targets.slowerThanReference,
        find(scenario, 'reference') && ` (${find(scenario, 'reference')?.rival})`,
      ),
    ),
    {
      target: `memory below ${targets.memoryBytes / MIB} MB`,
      measured: Number.isNaN(memory) ? NOT_MEASURED : `${(memory / MIB).toFixed(0)} MB`,
      reached: memory < targets.memoryBytes,
    },
    atMost(
      `${DISTANT_FILES}: at most ${targets.slowerAtDistance} times the time without latency`,
      least(DISTANT_FILES, 'ours') / least(SMALL_FILES, 'ours'),
      targets.slowerAtDistance,
    ),
  ];
}

function atLeast(target: string, value: number, limit: number): Verdict {
  return { target, measured: timesText(value, 1), reached: value >= limit };
}

function atMost(target: string, value: number, limit: number, of = ''): Verdict {
  return { target, measured: `${timesText(value, 2)}${of}`, reached: value <= limit };
}

function timesText(value: number, digits: number): string {
  return Number.isNaN(value) ? NOT_MEASURED : `${value.toFixed(digits)} times`;
}
