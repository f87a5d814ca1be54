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
    id: 'approvals',
    what: 'promotions, other bytes, decisions, settings and syncs that end early, in any order: nothing is deployed where a person has to approve it and did not, and nothing goes down while something waits',
    tests: ['test/trust/approvals.test.ts'],
  },
];
