import { join } from 'node:path';
import { type DataSet, ensureDataSet } from '../data/data-sets';
import type { BenchHome } from '../home';
import type { Run } from '../measure/run';
import { runCommand } from '../measure/run-command';
import { verifyArchive } from '../measure/verify';
import { bundleRivals } from '../rivals/bundles';
import { type Rival, type RivalKind, rivals } from '../rivals/rivals';
import { missingTools } from '../tools';
import { type Rounds, runsIn } from './rounds';
import { SCENARIOS, type Scenario } from './scenarios';
import { type Stand, startStand } from './stand';

/** How to measure. */
export interface TransferOptions {
  readonly home: BenchHome;
  readonly python: string;
  /** 1 for the full data. */
  readonly scale: number;
  readonly rounds: Rounds;
  /** Ways that are left out. */
  readonly without: readonly RivalKind[];
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

/**
 * Runs all rivals on all data sets, in turn, and checks every archive.
 *
 * @throws Error when a rival fails or its archive is wrong
 */
export async function measureTransfers(options: TransferOptions): Promise<Transfers> {
  const { home, python, scale, without, say, signal } = options;
  const all = rivals(await bundleRivals(home.bundles), python).filter(({ kind }) => !without.includes(kind));
  const missing = missingTools(all, say);
  const present = all.filter(({ name }) => !missing.some(({ rival }) => rival === name));
  const kinds = new Map(all.map(({ name, kind }) => [name, kind]));
  const dataSets = new Map<string, { name: string; bytes: number; files: number }>();
  const runs: Run[] = [];
  for (const scenario of SCENARIOS) {
    const dataSet = await ensureDataSet(scenario.dataSet, scale, home.data, python, say, signal);
    const { bytes, files } = dataSet.manifest;
    dataSets.set(dataSet.name, { name: dataSet.name, bytes, files: files.length });
    runs.push(...(await measureScenario(scenario, dataSet, present, options)));
  }
  return { runs, kinds, dataSets: [...dataSets.values()], missing };
}

async function measureScenario(
  scenario: Scenario,
  dataSet: DataSet,
  present: readonly Rival[],
  { home, python, rounds, say, signal }: TransferOptions,
): Promise<Run[]> {
  const stand = await startStand(scenario, dataSet, home, python);
  const runs: Run[] = [];
  try {
    for (let round = 1; round <= rounds.all; round++) {
      for (const rival of present) {
        const first = runs.find((run) => run.rival === rival.name)?.seconds;
        if (runsIn(round, first, rounds)) {
          const cost = await measureRival(rival, dataSet, stand, { home, python, signal });
          say(`${scenario.name}, round ${round}: ${rival.name} ${cost.seconds.toFixed(2)} s`);
          runs.push({ ...cost, scenario: scenario.name, rival: rival.name });
        }
      }
    }
  } finally {
    await stand.stop();
  }
  return runs;
}

async function measureRival(
  { name, kind, command }: Rival,
  { manifest }: DataSet,
  { environment, client, objectOf }: Stand,
  { home, python, signal }: Pick<TransferOptions, 'home' | 'python' | 'signal'>,
): Promise<Omit<Run, 'scenario' | 'rival'>> {
  const cost = await runCommand({ name, command, env: environment }, join(home.work, 'run'), python, signal);
  const { bytes, size } = await client.get(objectOf(kind));
  try {
    await verifyArchive(bytes, manifest, join(home.work, 'extracted'));
  } catch (error) {
    throw new Error(`the archive of ${name} is wrong: ${(error as Error).message}`, { cause: error });
  }
  await client.remove(objectOf(kind));
  return { ...cost, archiveBytes: size };
}
