import { OURS } from './methods';

/** One run of a method whose archive was right. */
export interface Run {
  readonly scenario: string;
  readonly method: string;
  readonly round: number;
  /** From the start of its process to its exit. */
  readonly seconds: number;
  /** Of all its processes, in user and kernel mode. */
  readonly cpuSeconds: number;
  /** Of its largest process. */
  readonly memoryBytes: number;
  readonly archiveBytes: number;
}

/** All runs of a method in a scenario. */
export interface Summary {
  readonly scenario: string;
  readonly method: string;
  readonly runs: number;
  /** The median, like `cpuSeconds`. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** The largest. */
  readonly memoryBytes: number;
  readonly archiveBytes: number;
  /** Its time divided by this project's time in the same round. */
  readonly ratio: { readonly median: number; readonly min: number; readonly max: number };
}

/** One summary per scenario and method, in the order in which they first ran. */
export function summarize(runs: readonly Run[]): Summary[] {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.scenario, run.method]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((group) => {
    const { scenario = '', method = '', archiveBytes = 0 } = group[0] ?? {};
    const ours = runs.filter((run) => run.scenario === scenario && run.method === OURS);
    const ratios = group.map(
      ({ round, seconds }) => seconds / (ours.find((run) => run.round === round)?.seconds ?? Number.NaN),
    );
    return {
      scenario,
      method,
      runs: group.length,
      seconds: median(group.map(({ seconds }) => seconds)),
      cpuSeconds: median(group.map(({ cpuSeconds }) => cpuSeconds)),
      memoryBytes: Math.max(...group.map(({ memoryBytes }) => memoryBytes)),
      archiveBytes,
      ratio: { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) },
    };
  });
}

/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((first, second) => first - second);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}
