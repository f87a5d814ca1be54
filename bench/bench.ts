import { ensureVenv, REQUIREMENTS } from '../sandbox/setup/venv';
import { benchHome } from './home';
import { judge } from './judge/judge';
import { FULL_TARGETS, QUICK_TARGETS } from './judge/targets';
import { measureRegistries } from './large-registries';
import { summarize } from './measure/summary';
import type { Options } from './options';
import { thisMachine } from './report/machine';
import { markdownOf } from './report/markdown';
import type { Results, TransferResults } from './report/results';
import { writeResults } from './report/write';
import { measureSandbox } from './sandbox/measure';
import { FULL_ROUNDS, QUICK_ROUNDS } from './transfers/rounds';
import { measureTransfers } from './transfers/transfers';

/** What a run of the benchmark comes to. */
export interface Outcome {
  /** The results in Markdown. */
  readonly page: string;
  /** Whether all targets that were measured were reached. */
  readonly reached: boolean;
}

const QUICK_SCALE = 0.1;

/**
 * Measures the parts that are asked for, and writes the results where that is asked for.
 *
 * @param say gets lines of progress
 * @throws Error when something could not be measured, or an archive was wrong
 */
export async function runBench(options: Options, say: (line: string) => void, signal: AbortSignal): Promise<Outcome> {
  const { parts, write, quick } = options;
  const python = await ensureVenv(say, process.env, REQUIREMENTS, signal);
  const measured = { date: new Date().toISOString().slice(0, 10), machine: thisMachine() };
  const results: Results = {};
  try {
    if (parts.includes('transfers')) {
      results.transfers = { ...measured, ...(await transferResults(options, python, say, signal)) };
    }
    if (parts.includes('registries')) {
      results.registries = { ...measured, figures: await measureRegistries(say, signal) };
    }
    if (parts.includes('sandbox')) {
      results.sandbox = { ...measured, figures: await measureSandbox(quick, python, say, signal) };
    }
  } finally {
    // Half an hour of measuring is not lost for a later part that failed.
    if (write) {
      writeResults(results, say);
    }
  }
  return { page: markdownOf(results), reached: results.transfers?.verdicts.every(({ reached }) => reached) ?? true };
}

async function transferResults(
  { quick, without }: Options,
  python: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Omit<TransferResults, 'date' | 'machine'>> {
  const [scale, rounds, targets] = quick
    ? ([QUICK_SCALE, QUICK_ROUNDS, QUICK_TARGETS] as const)
    : ([1, FULL_ROUNDS, FULL_TARGETS] as const);
  const home = benchHome();
  const { runs, kinds, dataSets, missing } = await measureTransfers({
    home,
    python,
    scale,
    rounds,
    without,
    say,
    signal,
  });
  const summaries = summarize(runs, kinds);
  return { dataSets: [...dataSets], summaries, verdicts: judge(summaries, targets), missing: [...missing] };
}
