import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/processes/paths';
import { CASES_FILE, inFull, tried } from '../../trust/sizes';

/** What is read of Stryker's report (github.com/stryker-mutator/mutation-testing-elements). */
interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>>;
}

interface Mutant {
  readonly mutatorName: string;
  readonly status: string;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number } };
}

const HOME = join(PROJECT, '.mutants');
const HOURS_MS = 4 * 60 * 60 * 1000;

inFull()(
  'unit tests kill every mutant that is not disabled with a reason',
  async () => {
    const code = await runStryker();
    const report = JSON.parse(readFileSync(join(HOME, 'report.json'), 'utf8')) as Report;
    const mutants = Object.entries(report.files).flatMap(([file, { mutants }]) =>
      mutants.map((mutant) => ({ file, ...mutant })),
    );
    const survivors = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
    const lines = survivors.map(({ file, location, mutatorName, replacement }) =>
      [`${file}:${location.start.line}`, mutatorName, replacement].join(' '),
    );
    expect(lines).toEqual([]);
    expect(code).toBe(0);
    tried('mutants', mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length);
  },
  HOURS_MS,
);

/** Runs all mutants again, with the tests at their everyday size. */
async function runStryker(): Promise<number | null> {
  // Otherwise Stryker reuses results, also those of files that are not mutated any more.
  rmSync(HOME, { recursive: true, force: true });
  const { [CASES_FILE]: _size, ...env } = process.env;
  const stryker = spawn(join(PROJECT, 'node_modules', '.bin', 'stryker'), ['run'], {
    cwd: PROJECT,
    stdio: ['ignore', 2, 2],
    env,
  });
  return new Promise((resolve, reject) => {
    stryker.once('error', reject);
    stryker.once('close', resolve);
  });
}
