import type { RivalKind } from '../rivals/rivals';
import type { Run } from './run';

/** What all runs of a rival on a data set say together. */
export interface Summary {
  readonly scenario: string;
  readonly rival: string;
  readonly kind: RivalKind;
  readonly runs: number;
  readonly seconds: { readonly min: number; readonly median: number };
  /** The median. */
  readonly cpuSeconds: number;
  /** The most of any run. */
  readonly memoryBytes: number;
  /** The most of any run. */
  readonly diskBytes: number;
  /** Of the last run. */
  readonly archiveBytes: number;
  /** Its least time to ours; above 1 where ours is faster. */
  readonly ratio: number;
}

/**
 * One summary for each rival and data set, in the order in which they first ran.
 *
 * @param kinds which kind each rival is of, by its name
 */
export function summarize(runs: readonly Run[], kinds: ReadonlyMap<string, RivalKind>): Summary[] {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.scenario, run.rival]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const kindOf = (rival: string) => kinds.get(rival) ?? 'reference';
  const least = new Map<string, number>();
  for (const { scenario, rival, seconds } of runs) {
    if (kindOf(rival) === 'ours') {
      least.set(scenario, Math.min(seconds, least.get(scenario) ?? Number.POSITIVE_INFINITY));
    }
  }
  return [...groups.values()].map((group) => {
    const { scenario = '', rival = '', archiveBytes = 0 } = group.at(-1) ?? {};
    const min = Math.min(...group.map(({ seconds }) => seconds));
    return {
      scenario,
      rival,
      kind: kindOf(rival),
      runs: group.length,
      seconds: { min, median: median(group.map(({ seconds }) => seconds)) },
      cpuSeconds: median(group.map(({ cpuSeconds }) => cpuSeconds)),
      memoryBytes: Math.max(...group.map(({ memoryBytes }) => memoryBytes)),
      diskBytes: Math.max(...group.map(({ diskBytes }) => diskBytes)),
      archiveBytes,
      ratio: min / (least.get(scenario) ?? Number.NaN),
    };
  });
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((first, second) => first - second);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = low] =
    sorted.length % 2 === 1 ? [sorted[middle]] : [sorted[middle - 1], sorted[middle]];
  return (low + high) / 2;
}
