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
];
