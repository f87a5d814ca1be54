/** What has to be reached, as ratios of times within one run, so that they hold for any machine of two cores. */
export interface Targets {
  /** How many times faster than the sample's way, at least. */
  readonly fasterThanSample: { readonly weights: number; readonly pickles: number };
  /** How many times the best reference's time, at most, on each data set. */
  readonly slowerThanReference: number;
  /** The most memory of our process, on any data set. */
  readonly memoryBytes: number;
  /** How many times the time without latency small files may take at 10 ms. */
  readonly slowerAtDistance: number;
}

const MIB = 1024 * 1024;

/** At the full size. */
export const FULL_TARGETS: Targets = {
  fasterThanSample: { weights: 8, pickles: 25 },
  slowerThanReference: 1.3,
  memoryBytes: 256 * MIB,
  slowerAtDistance: 3,
};

/** At a tenth of the size most of our time is the start of Node, which pipes do not have: what remains shows that nothing broke. */
export const QUICK_TARGETS: Targets = {
  fasterThanSample: { weights: 3, pickles: 6 },
  slowerThanReference: 5,
  memoryBytes: 256 * MIB,
  slowerAtDistance: 3,
};
