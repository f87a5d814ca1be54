import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../sandbox/processes/paths';
import type { Run } from './runs';
import { CASES_FILE, type Tried } from './sizes';
import type { JestReport } from './verdict';

/** Where reports are kept; nothing of it is committed. */
const HOME = join(PROJECT, '.trust');

/** For tests that set no limit of their own: what is over in a moment on every day may take minutes in full size. */
const LIMIT_MS = 600_000;

/** Runs the tests in full size, one file after the other; what jest says goes to stderr as it comes. */
export async function runTests(
  runs: readonly Run[],
  signal: AbortSignal,
): Promise<{ report: JestReport; tried: Tried[] }> {
  rmSync(HOME, { recursive: true, force: true });
  mkdirSync(HOME, { recursive: true });
  const cases = join(HOME, 'cases.jsonl');
  const results = join(HOME, 'results.json');
  writeFileSync(cases, '');
  const files = [...new Set(runs.flatMap(({ tests }) => tests))];
  const jest = join(PROJECT, 'node_modules', '.bin', 'jest');
  // Only the projects that the files are in: another one's set-up would be made for nothing.
  const projects = [...new Set(files.map(projectOf))];
  const args = [
    '--runInBand',
    // A test that fails may leave a server listening: the table is written all the same.
    '--forceExit',
    `--testTimeout=${LIMIT_MS}`,
    '--json',
    `--outputFile=${results}`,
    '--runTestsByPath',
    ...files,
  ];
  await ended(
    spawn(jest, [...projects.flatMap((project) => ['--selectProjects', project]), ...args], {
      cwd: PROJECT,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, [CASES_FILE]: cases },
      signal,
      // It ends its sandbox, for which it needs to be asked and not killed.
      killSignal: 'SIGTERM',
    }),
  );
  if (!existsSync(results)) {
    throw new Error('jest ended without a report: see above');
  }
  const tried = readFileSync(cases, 'utf8').split('\n').filter(Boolean);
  return {
    report: JSON.parse(readFileSync(results, 'utf8')) as JestReport,
    tried: tried.map((line) => JSON.parse(line) as Tried),
  };
}

/** The project of `jest.config.js` that a file is in. */
function projectOf(file: string): string {
  const [, folder, part] = file.split('/');
  return folder === 'sandbox' ? (part === 'servers' ? 'servers' : 'sandbox') : 'trust';
}

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
}
