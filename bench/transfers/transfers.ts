import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { PROJECT } from '../../sandbox/processes/paths';
import { ONE_CPU } from '../processes';
import { type Methods, methods } from './methods';
import { SCENARIOS, type Scenario } from './scenarios';
import { type Stand, startStand } from './stand';
import { type Run, type Summary, summarize } from './summary';

const run = promisify(execFile);
const ROUNDS = 5;
/** A method that takes longer in the first round runs in two rounds only. */
const SLOW_SECONDS = 15;
const SLOW_ROUNDS = 2;
const LIMIT_SECONDS = '900';

const Cost = z.object({ seconds: z.number(), cpuSeconds: z.number(), memoryBytes: z.number() });

export interface Transfers {
  readonly dataSets: readonly { readonly name: string; readonly bytes: number; readonly files: number }[];
  readonly summaries: readonly Summary[];
}

export interface TransferOptions {
  readonly python: string;
  readonly quick: boolean;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs all methods in all scenarios, in turn, and compares every archive with the files.
 *
 * @throws Error when a method fails or its archive is wrong
 */
export async function measureTransfers(options: TransferOptions): Promise<Transfers> {
  const home = join(PROJECT, '.bench');
  const all = await methods(join(home, 'bundles'), options.python);
  const dataSets = new Map<string, Transfers['dataSets'][number]>();
  const runs: Run[] = [];
  for (const scenario of SCENARIOS) {
    const files = await ensureDataSet(scenario.dataSet, home, options);
    dataSets.set(scenario.dataSet, describe(scenario.dataSet, files));
    runs.push(...(await measureScenario(scenario, files, all, home, options)));
  }
  return { dataSets: [...dataSets.values()], summaries: summarize(runs) };
}

/** The folder of a data set, which is generated once. That takes up to a minute. */
async function ensureDataSet(
  name: string,
  home: string,
  { python, quick, say, signal }: TransferOptions,
): Promise<string> {
  const scale = quick ? '0.1' : '1';
  const folder = join(home, 'data', `${name}-${scale}`);
  if (!existsSync(folder)) {
    say(`transfers: generating ${name}`);
    mkdirSync(join(home, 'data'), { recursive: true });
    await run(python, ['-I', join(__dirname, 'generate.py'), name, scale, folder], { signal });
  }
  return folder;
}

function describe(name: string, folder: string): Transfers['dataSets'][number] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
  return { name, bytes, files: files.length };
}

async function measureScenario(
  scenario: Scenario,
  files: string,
  all: Methods,
  home: string,
  { python, quick, say, signal }: TransferOptions,
): Promise<Run[]> {
  const stand = await startStand(scenario, files, join(home, 'stand'));
  const runs: Run[] = [];
  try {
    for (let round = 1; round <= (quick ? 2 : ROUNDS); round++) {
      for (const [method, command] of Object.entries(all)) {
        const first = runs.find((one) => one.method === method)?.seconds ?? 0;
        if (round > SLOW_ROUNDS && first > SLOW_SECONDS) {
          continue;
        }
        const cost = await measure(
          method,
          scenario.asInLambda ? [...ONE_CPU, ...command] : command,
          stand,
          python,
          signal,
        );
        const archiveBytes = await verify(method, stand, files, join(home, 'extracted'));
        say(`${scenario.name}, round ${round}: ${method} ${cost.seconds.toFixed(2)} s`);
        runs.push({ scenario: scenario.name, method, round, ...cost, archiveBytes });
      }
    }
  } finally {
    await stand.stop();
  }
  return runs;
}

/** Runs a method as a process in an empty folder. */
async function measure(
  method: string,
  command: readonly string[],
  { environment, work }: Stand,
  python: string,
  signal: AbortSignal,
): Promise<z.infer<typeof Cost>> {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    const args = ['-I', join(__dirname, 'measure.py'), LIMIT_SECONDS, ...command];
    const { stdout } = await run(python, args, { cwd: work, env: environment, signal });
    return Cost.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  } catch (error) {
    signal.throwIfAborted();
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(`${method} failed: ${stderr.trim().split('\n').slice(-8).join('\n') || error}`, { cause: error });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Extracts a method's archive, compares it with the files, and deletes it. @returns its size */
async function verify(method: string, { archive, authority }: Stand, files: string, folder: string): Promise<number> {
  const file = `${folder}.tar.gz`;
  const curl = ['--silent', '--show-error', '--fail', '--cacert', authority, '--header', 'authorization: any', archive];
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    await run('curl', [...curl, '--output', file]);
    await run('curl', [...curl, '--request', 'DELETE']);
    await run('tar', ['--extract', '--file', file, '--directory', folder]);
    await run('diff', ['--recursive', '--brief', files, folder]);
    return statSync(file).size;
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    throw new Error(`the archive of ${method} is wrong: ${stdout || (error as Error).message}`, { cause: error });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(file, { force: true });
  }
}
