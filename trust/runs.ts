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
    id: 'sequences',
    what: 'generated lives of models, with any interleaving of syncs: both registries agree in the end, and another sync writes nothing',
    tests: ['test/trust/sequences.test.ts'],
  },
  {
    id: 'crashes',
    what: 'a function or everything dies before and after each external call; registries lag; no hint arrives: one sync puts it right',
    tests: ['test/trust/crashes.test.ts'],
  },
  {
    id: 'credentials',
    what: 'lost tokens and rights, empty and partial answers: nothing is deleted, and it is told of',
    tests: ['test/trust/credentials.test.ts'],
  },
  {
    id: 'brake',
    what: 'deletions by the dozen and models that are gone are held until they are confirmed, archiving never',
    tests: ['test/trust/brake.test.ts', 'test/sandbox/trust/brake.test.ts'],
  },
  {
    id: 'mutants',
    what: 'small changes to signatures, plan, names, metadata and archives: the tests of every day notice them, but for those that are listed with a reason',
    tests: ['test/trust/mutants.test.ts'],
  },
];
