import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../sandbox/processes/paths';

/** A promise of the system, and the tests that try to break it. */
export interface Run {
  readonly id: string;
  /** What it tests and what must hold, for the table. */
  readonly what: string;
  /** Test files, from the project's root. */
  readonly tests: readonly string[];
}

/** All runs, in the order of the table. The everyday tests contain each of them in a smaller size. */
export const RUNS: readonly Run[] = [
  {
    id: 'storm',
    what: 'Webhook storm: hundreds of deliveries, each sent twice, in any order, 50 at a time. All are accepted, none is lost, and each model has one sync at a time.',
    tests: ['test/sandbox/trust/storm.test.ts'],
  },
  {
    id: 'sequences',
    what: 'Generated histories of models, with every interleaving of syncs. Both registries agree in the end, and one more sync writes nothing.',
    tests: ['test/trust/sequences.test.ts'],
  },
  {
    id: 'churn',
    what: 'Generated histories of many models at once, on real servers. Both registries agree in the end, and one more sync writes nothing.',
    tests: ['test/sandbox/trust/churn.test.ts'],
  },
  {
    id: 'crashes',
    what: 'A function, or everything, stops before and after each external call; registries lag; webhooks are lost. One sync repairs the state.',
    tests: ['test/trust/crashes.test.ts', 'test/sandbox/trust/crashes.test.ts'],
  },
  {
    id: 'bursts',
    what: 'MLflow and S3 answer 500, 503 and 429 for a while or at random. Retries are bounded, nothing stays half done, and our own errors are not retried.',
    tests: [...testsIn('test/trust/bursts'), 'test/sandbox/trust/bursts.test.ts'],
  },
  {
    id: 'truncation',
    what: 'Downloads cut at any byte, wrong sizes, wrong encodings, files that change meanwhile. No package refers to a bad archive.',
    tests: testsIn('test/trust/truncation'),
  },
  {
    id: 'credentials',
    what: 'Lost tokens and permissions, empty and partial responses. Nothing is deleted, and the failure is reported.',
    tests: ['test/trust/credentials.test.ts', 'test/sandbox/trust/credentials.test.ts'],
  },
  {
    id: 'deletion-protection',
    what: 'Generated deletions, restores, outages and empty registries. A package is deleted only if its version is archived, confirmed, or absent at each check for 72 hours.',
    tests: ['test/trust/deletion-protection.test.ts', 'test/sandbox/trust/deletion-protection.test.ts'],
  },
  {
    id: 'forgery',
    what: 'Deliveries with a flipped bit, a wrong key, an extra header, an old date, a huge or hostile body. None is accepted, and none breaks anything.',
    tests: testsIn('test/trust/forgery'),
  },
  {
    id: 'names',
    what: 'Generated pairs of similar names, tags and events. None collide, all are valid, and all can be read back.',
    tests: ['test/trust/names.test.ts'],
  },
  {
    id: 'hostile',
    what: 'Malicious names, listings, MLmodel files, sources, redirects and signed URLs. Only that version fails, soon and with a reason.',
    tests: testsIn('test/trust/hostile'),
  },
  {
    id: 'secrets',
    what: 'Tokens, passwords and signatures that a server echoes. They appear in no log, execution, event, stack, item, package or object.',
    tests: ['test/sandbox/trust/secrets.test.ts'],
  },
  {
    id: 'endpoints',
    what: 'Missing archives, endpoints that never start, overlapping pipeline runs. The endpoints in service stay in service.',
    tests: ['test/sandbox/trust/plug.test.ts', 'test/sandbox/story/deployment-failures.test.ts'],
  },
  {
    id: 'approvals',
    what: 'Manual approval: promotions, new artifacts, decisions, settings and interrupted syncs in any order. Nothing is deployed without the required approval, and nothing goes down while a package is pending.',
    tests: ['test/trust/approvals.test.ts'],
  },
  {
    id: 'environments',
    what: 'Generated requests for environment images, builds that fail or never report, lost events, processes that die at any call. An environment has one build at a time, no failed build is repeated early, and every waiting model gets its package.',
    tests: ['test/trust/environments.test.ts'],
  },
  {
    id: 'server-parity',
    what: "Generated requests to the server of environment images and to MLflow's own, of six versions from 1.30 on. All answers are equal.",
    tests: ['test/sandbox/servers/environment-server.test.ts'],
  },
  {
    id: 'serving-matrix',
    what: 'Models of 21 kinds, trained in 8 environments of Python 3.8 to 3.13. Each answers as in training, with and without nulls, or is refused with the reason.',
    tests: ['test/sandbox/servers/serving-matrix.test.ts', 'test/sandbox/servers/environment-image.test.ts'],
  },
  {
    id: 'life-cycle',
    what: 'Life cycle of a model, from provisioning the product to its termination. Each change is one pipeline run, and predictions equal those of MLflow.',
    tests: ['test/sandbox/story/deployment.test.ts', 'test/sandbox/story/uncompressed.test.ts'],
  },
  {
    id: 'archives',
    what: 'Folders with 100,000 files, files above 8 GiB, names of every kind. Every installed tar reader sees every byte.',
    tests: ['test/sandbox/servers/archive-readers.test.ts'],
  },
  {
    id: 'adoption',
    what: 'The pipeline, with all its tests, takes over an installation that was deployed without it. No resource is replaced.',
    tests: ['test/sandbox/story/root-pipeline.test.ts'],
  },
  {
    id: 'mutants',
    what: 'Mutation tests: small changes to signatures, plan, names, metadata and archives. The unit tests notice each one, except those disabled with a reason.',
    tests: ['test/trust/mutants.test.ts'],
  },
];

/** All test files of a folder. */
function testsIn(folder: string): string[] {
  return readdirSync(join(PROJECT, folder))
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => `${folder}/${file}`);
}
