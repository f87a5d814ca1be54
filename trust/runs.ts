import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../sandbox/processes/paths';

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
    id: 'storm',
    what: 'deliveries by the hundred, each twice, in any order, 50 at a time: all taken, none lost, one sync of a model at a time',
    tests: ['test/sandbox/trust/storm.test.ts'],
  },
  {
    id: 'sequences',
    what: 'generated lives of models, with any interleaving of syncs: both registries agree in the end, and another sync writes nothing',
    tests: ['test/trust/sequences.test.ts'],
  },
  {
    id: 'churn',
    what: 'generated lives of models, all at once on real servers: both registries agree in the end, and another sync writes nothing',
    tests: ['test/sandbox/trust/churn.test.ts'],
  },
  {
    id: 'crashes',
    what: 'a function or everything dies before and after each external call; registries lag; no hint arrives: one sync puts it right',
    tests: ['test/trust/crashes.test.ts', 'test/sandbox/trust/crashes.test.ts'],
  },
  {
    id: 'bursts',
    what: 'MLflow and S3 that answer 500, 503 and 429 for a while or at random: bounded tries, nothing half done, no errors of ours asked again',
    tests: [...testsIn('test/trust/bursts'), 'test/sandbox/trust/bursts.test.ts'],
  },
  {
    id: 'truncation',
    what: 'downloads cut at any byte, wrong sizes, codings, and files that change meanwhile: no package on a bad archive',
    tests: testsIn('test/trust/truncation'),
  },
  {
    id: 'credentials',
    what: 'lost tokens and rights, empty and partial answers: nothing is deleted, and it is told of',
    tests: ['test/trust/credentials.test.ts', 'test/sandbox/trust/credentials.test.ts'],
  },
  {
    id: 'brake',
    what: 'deletions by the dozen and models that are gone are held until they are confirmed, archiving never',
    tests: ['test/trust/brake.test.ts', 'test/sandbox/trust/brake.test.ts'],
  },
  {
    id: 'rotation',
    what: "three rotations of the webhook's secret while deliveries come all the time: none is dropped, and no older secret is taken",
    tests: ['test/sandbox/trust/rotation.test.ts'],
  },
  {
    id: 'forgery',
    what: 'deliveries with a flipped bit, a wrong key, a header too many, an old date, a huge or hostile body: none is taken, none breaks anything',
    tests: testsIn('test/trust/forgery'),
  },
  {
    id: 'names',
    what: 'generated pairs of near names, tags and hints: none collide, all are valid, all are read back',
    tests: ['test/trust/names.test.ts'],
  },
  {
    id: 'hostile',
    what: 'names, listings, MLmodel files, sources, redirects and signed addresses that mean harm: the version fails alone, soon, with its reason',
    tests: testsIn('test/trust/hostile'),
  },
  {
    id: 'secrets',
    what: 'tokens, passwords and signatures, repeated by whoever got them: in no log, execution, event, stack, item, package or object',
    tests: ['test/sandbox/trust/secrets.test.ts'],
  },
  {
    id: 'plug',
    what: 'archives that are gone, endpoints that never come up, runs that overtake each other: what served goes on serving',
    tests: ['test/sandbox/trust/plug.test.ts', 'test/sandbox/story/deployment-failures.test.ts'],
  },
  {
    id: 'approvals',
    what: 'promotions, other bytes, decisions, settings and syncs that end early, in any order: nothing is deployed where a person has to approve it and did not, and nothing goes down while something waits',
    tests: ['test/trust/approvals.test.ts'],
  },
  {
    id: 'life',
    what: 'models from the product to its end: each change is one run of the pipeline, and what predicts does so as MLflow does',
    tests: ['test/sandbox/story/deployment.test.ts', 'test/sandbox/story/uncompressed.test.ts'],
  },
  {
    id: 'archives',
    what: 'folders of 100,000 files, files above 8 GiB, names of every kind: each reader that is installed sees every byte',
    tests: ['test/sandbox/servers/archive-readers.test.ts'],
  },
  {
    id: 'adoption',
    what: 'the pipeline, with all its tests, over an installation that was made without it: nothing is replaced',
    tests: ['test/sandbox/story/root-pipeline.test.ts'],
  },
  {
    id: 'mutants',
    what: 'small changes to signatures, plan, names, metadata and archives: the tests of every day notice them, but for those that are listed with a reason',
    tests: ['test/trust/mutants.test.ts'],
  },
];

/** Test files of a folder, so that one more of them is not forgotten here. */
function testsIn(folder: string): string[] {
  return readdirSync(join(PROJECT, folder))
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => `${folder}/${file}`);
}
