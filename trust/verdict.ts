import { relative } from 'node:path';
import type { Run } from './runs';
import type { Tried } from './sizes';

/** What is read of jest's report (jestjs.io/docs/cli, --json). */
export interface JestReport {
  readonly testResults: readonly {
    /** The file's path, absolute. */
    readonly name: string;
    readonly status: 'passed' | 'failed' | 'skipped' | 'pending';
    /** Milliseconds since the epoch. */
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** What one run came to. */
export interface Verdict {
  readonly run: Run;
  readonly cases: number;
  readonly failures: number;
  readonly seconds: number;
  /** Tests that failed, by their names, and files that were not run at all. */
  readonly failed: readonly string[];
}

/**
 * A verdict for each run. A run fails by each test that failed, by each file that could not be loaded or was not run, and by
 * trying nothing.
 *
 * @param project the folder that the runs' files are relative to
 */
export function verdictsOn(
  runs: readonly Run[],
  report: JestReport,
  tried: readonly Tried[],
  project: string,
): Verdict[] {
  const results = new Map(report.testResults.map((result) => [relative(project, result.name), result]));
  return runs.map((run) => {
    const failed = run.tests.flatMap((file) => failuresOf(file, results.get(file)));
    const cases = tried.filter((one) => one.run === run.id).reduce((sum, one) => sum + one.cases, 0);
    const nothing = cases === 0 && failed.length === 0 ? [`${run.id} tried nothing`] : [];
    const times = run.tests.map((file) => results.get(file)).map((one) => (one ? one.endTime - one.startTime : 0));
    const seconds = Math.round(times.reduce((sum, time) => sum + time, 0) / 1_000);
    return { run, cases, failures: failed.length + nothing.length, seconds, failed: [...failed, ...nothing] };
  });
}

function failuresOf(file: string, result: JestReport['testResults'][number] | undefined): string[] {
  if (result === undefined) {
    return [`${file} was not run`];
  }
  const failed = result.assertionResults.filter(({ status }) => status !== 'passed').map(({ fullName }) => fullName);
  return failed.length === 0 && result.status !== 'passed' ? [`${file} could not be run`] : failed;
}
