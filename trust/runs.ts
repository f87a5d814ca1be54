/** A promise of the system, and the tests that try to break it. */
export interface Run {
  readonly id: string;
  /** What it tries, for the table. */
  readonly what: string;
  /** Test files, from the project's root. */
  readonly tests: readonly string[];
}

/** All runs, in the order of the table. Each of them is in the tests of every day too, in a smaller size. */
export const RUNS: readonly Run[] = [
  {
    id: 'truncation',
    what: 'downloads cut at any byte, wrong sizes, codings, and files that change meanwhile: no package on a bad archive',
    tests: ['test/trust/truncation.test.ts'],
  },
  {
    id: 'hostile',
    what: 'names, listings, MLmodel files, sources, redirects and signed addresses that mean harm: the version fails alone, soon, with its reason',
    tests: ['test/trust/hostile.test.ts', 'test/trust/hostile-addresses.test.ts'],
  },
  {
    id: 'names',
    what: 'generated pairs of near names, tags and hints: none collide, all are valid, all are read back',
    tests: ['test/trust/names.test.ts'],
  },
  {
    id: 'bursts',
    what: 'MLflow and S3 that answer 500, 503 and 429 for a while or at random: bounded tries, nothing half done, no errors of ours asked again',
    tests: ['test/trust/bursts.test.ts', 'test/sandbox/trust/bursts.test.ts'],
  },
];
