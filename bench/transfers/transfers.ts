import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type DataSet, ensureDataSet } from '../data/data-sets';
import type { BenchHome } from '../home';
import type { Run } from '../measure/run';
import { runCommand } from '../measure/run-command';
import { SinkClient } from '../measure/sink-client';
import { verifyArchive } from '../measure/verify';
import { bundleRivals } from '../rivals/bundles';
import { curlConfig } from '../rivals/curl-config';
import { type Rival, type RivalKind, rivals } from '../rivals/rivals';
import { type Certificates, makeCertificates } from '../servers/sink/certificates';
import { PIPE_BUCKET } from '../servers/sink/sink';
import { startServer } from '../servers/start';
import { missingTools } from '../tools';
import { type Rounds, runsIn } from './rounds';
import { SCENARIOS, type Scenario } from './scenarios';

/** How to measure. */
export interface TransferOptions {
  readonly home: BenchHome;
  readonly python: string;
  /** 1 for the full data. */
  readonly scale: number;
  readonly rounds: Rounds;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What came of it. */
export interface Transfers {
  readonly runs: readonly Run[];
  /** Which kind each rival is of, by its name. */
  readonly kinds: ReadonlyMap<string, RivalKind>;
  readonly dataSets: readonly { readonly name: string; readonly bytes: number; readonly files: number }[];
  /** Programs that could not be had, by the rival that needs them. */
  readonly missing: readonly { readonly rival: string; readonly program: string }[];
}

const BUCKET = 'models';
const KEY = 'model.tar.gz';

/** Where the parts of a scenario are while it is measured. */
interface Stand {
  readonly source: string;
  readonly sink: string;
  readonly client: SinkClient;
  readonly certificates: Certificates;
  readonly downloads: string;
}

/**
 * Runs all rivals on all data sets, in turn, and checks every archive.
 *
 * @throws Error when a rival fails or its archive is wrong
 */
export async function measureTransfers(options: TransferOptions): Promise<Transfers> {
  const { home, python, scale, say, signal } = options;
  const all = rivals(await bundleRivals(home.bundles), python);
  const missing = missingTools(all, say);
  const present = all.filter(({ name }) => !missing.some(({ rival }) => rival === name));
  const certificates = makeCertificates(home.certificates);
  const kinds = new Map(all.map(({ name, kind }) => [name, kind]));
  const dataSets = new Map<string, { name: string; bytes: number; files: number }>();
  const runs: Run[] = [];
  for (const scenario of SCENARIOS) {
    const dataSet = await ensureDataSet(scenario.dataSet, scale, home.data, python, say, signal);
    const { bytes, files } = dataSet.manifest;
    dataSets.set(dataSet.name, { name: dataSet.name, bytes, files: files.length });
    runs.push(...(await measureScenario(scenario, dataSet, present, certificates, options)));
  }
  return { runs, kinds, dataSets: [...dataSets.values()], missing };
}

async function measureScenario(
  scenario: Scenario,
  dataSet: DataSet,
  present: readonly Rival[],
  certificates: Certificates,
  { home, python, rounds, say, signal }: TransferOptions,
): Promise<Run[]> {
  const { certificate: CERTIFICATE, key: KEY_FILE } = certificates;
  const source = await startServer('source', python, { FOLDER: dataSet.folder });
  const sink = await startServer('sink', python, { OBJECTS: home.objects, CERTIFICATE, KEY: KEY_FILE });
  const base = scenario.latencyMs === 0 ? source.url : `${source.url}/latency-${scenario.latencyMs}`;
  const downloads = join(home.work, 'downloads.curl');
  mkdirSync(dirname(downloads), { recursive: true });
  const paths = dataSet.manifest.files.map(({ path }) => path);
  writeFileSync(downloads, curlConfig(`${base}/api/2.0/mlflow-artifacts/artifacts/model`, paths));
  const client = new SinkClient(sink.url, certificates.authority);
  const stand: Stand = { source: base, sink: sink.url, client, certificates, downloads };
  const runs: Run[] = [];
  try {
    for (let round = 1; round <= rounds.all; round++) {
      for (const rival of present) {
        const first = runs.find((run) => run.rival === rival.name)?.seconds;
        if (runsIn(round, first, rounds)) {
          const run = await measureRival(rival, scenario, dataSet, stand, { home, python, signal });
          say(`${scenario.name}, round ${round}: ${rival.name} ${run.seconds.toFixed(2)} s`);
          runs.push(run);
        }
      }
    }
  } finally {
    await Promise.all([source.stop(), sink.stop()]);
  }
  return runs;
}

async function measureRival(
  rival: Rival,
  scenario: Scenario,
  { manifest }: DataSet,
  stand: Stand,
  { home, python, signal }: Pick<TransferOptions, 'home' | 'python' | 'signal'>,
): Promise<Run> {
  const { name, command } = rival;
  const cost = await runCommand({ name, command, env: environment(stand) }, join(home.work, 'run'), python, signal);
  const object = `${rival.kind === 'reference' ? PIPE_BUCKET : BUCKET}/${KEY}`;
  const { bytes, size } = await stand.client.get(object);
  try {
    await verifyArchive(bytes, manifest, join(home.work, 'extracted'));
  } catch (error) {
    throw new Error(`${name}, ${scenario.name}: ${(error as Error).message}`, { cause: error });
  }
  await stand.client.remove(object);
  return { ...cost, scenario: scenario.name, rival: name, archiveBytes: size };
}

/** The whole environment of a rival: nothing of the user's own AWS configuration reaches it. */
function environment({ source, sink, certificates, downloads }: Stand): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
    REGISTRY: source,
    BUCKET,
    KEY,
    DOWNLOADS: downloads,
    TARGET: `${sink}/${PIPE_BUCKET}/${KEY}`,
    AUTHORITY: certificates.authority,
    NODE_EXTRA_CA_CERTS: certificates.authority,
    AWS_CA_BUNDLE: certificates.authority,
    AWS_ENDPOINT_URL_S3: sink,
    AWS_ACCESS_KEY_ID: 'benchmark',
    AWS_SECRET_ACCESS_KEY: 'benchmark',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}
