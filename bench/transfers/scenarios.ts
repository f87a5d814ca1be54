import type { DataSetName } from '../data/data-sets';

/** A data set, and how far away it is. */
export interface Scenario {
  readonly name: string;
  readonly dataSet: DataSetName;
  /** Before each answer of the source, in milliseconds. */
  readonly latencyMs: number;
}

/** Names that targets and charts refer to. */
export const WEIGHTS = 'weights';
export const PICKLES = 'pickles';
export const SMALL_FILES = 'small files';
export const DISTANT_FILES = 'small files at 10 ms';

export const SCENARIOS: readonly Scenario[] = [
  { name: WEIGHTS, dataSet: 'weights', latencyMs: 0 },
  { name: PICKLES, dataSet: 'pickles', latencyMs: 0 },
  { name: SMALL_FILES, dataSet: 'small-files', latencyMs: 0 },
  { name: DISTANT_FILES, dataSet: 'small-files', latencyMs: 10 },
];
