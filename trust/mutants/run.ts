import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/processes/paths';
import { CASES_FILE } from '../sizes';
import type { Area, Part } from './areas';
import { type MutationReport, type Score, scoreOf, sumOf } from './report';

/** Where Stryker works and keeps what it found; nothing of it is committed. */
const HOME = '.mutants';

/** Mutates an area, one part after the other, as {@link mutatePart} does. */
export async function mutate({ parts }: Area, anew: boolean): Promise<Score> {
  const scores: Score[] = [];
  for (const part of parts) {
    scores.push(scoreOf(await mutatePart(part, anew)));
  }
  return sumOf(scores);
}

/**
 * Mutates code and runs its tests for each mutant. What Stryker says goes to stderr as it comes.
 *
 * @param anew runs all mutants; else only those whose file or tests changed since the last time
 * @throws Error when the tests fail without any mutant
 */
async function mutatePart(part: Part, anew: boolean): Promise<MutationReport> {
  const folder = join(HOME, part.id);
  const config = join(folder, 'stryker.config.json');
  const report = join(folder, 'report.json');
  mkdirSync(join(PROJECT, folder), { recursive: true });
  writeFileSync(join(PROJECT, config), JSON.stringify(optionsOf(part, folder, report), null, 2));
  // The tests are to be as small as every day.
  const { [CASES_FILE]: _size, ...env } = process.env;
  const stryker = spawn(
    join(PROJECT, 'node_modules', '.bin', 'stryker'),
    ['run', config, ...(anew ? ['--force'] : [])],
    { cwd: PROJECT, stdio: ['ignore', 2, 2], env },
  );
  const code = await new Promise((resolve, reject) => {
    stryker.once('error', reject);
    stryker.once('close', resolve);
  });
  if (code !== 0) {
    throw new Error(`Stryker did not get through ${part.id}: see above`);
  }
  return JSON.parse(readFileSync(join(PROJECT, report), 'utf8')) as MutationReport;
}

/** Options of Stryker (stryker-mutator.io/docs/stryker-js/configuration). */
function optionsOf({ mutate: files, tests }: Part, folder: string, report: string) {
  return {
    mutate: files,
    testRunner: 'jest',
    plugins: ['@stryker-mutator/jest-runner'],
    jest: {
      configFile: 'trust/mutants/jest.config.js',
      config: { testMatch: tests.map((test) => `<rootDir>/${test}`) },
      // Which these are is said above.
      enableFindRelatedTests: false,
    },
    coverageAnalysis: 'perTest',
    incremental: true,
    incrementalFile: join(folder, 'incremental.json'),
    tempDirName: join(folder, 'sandbox'),
    ignorePatterns: ['.*', 'cdk.out', 'product-template', 'product-versions', 'tsconfig.json'],
    // swc takes the types away without looking at them.
    disableTypeChecks: false,
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName: report },
    concurrency: Number(process.env.MUTANTS_AT_ONCE ?? availableParallelism()),
    // Much longer than any test takes: a mutant that only makes a busy machine late must not count as killed.
    timeoutMS: 10_000,
  };
}
