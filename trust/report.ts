import { machineText } from '../bench/report/machine';
import { table } from '../bench/report/words';
import type { Result } from './results';
import { RUNS } from './runs';

/** The page that has the results, from the project's root. */
export const PAGE = 'docs/verification.md';

/** `npm run trust` replaces the text between these lines of the page. */
export const BEGIN = '<!-- results of npm run trust: begin -->';
export const END = '<!-- results of npm run trust: end -->';

/** The table: a line for each run with a result. The other runs are listed below it. */
export function reportOf(results: readonly Result[]): string {
  const rows = results.map(({ run, cases, failures, seconds, date }) => [
    run,
    RUNS.find(({ id }) => id === run)?.what ?? '',
    cases.toLocaleString('en-US'),
    String(failures),
    `${(seconds / 60).toFixed(1)} min`,
    date,
  ]);
  const machines = [...new Set(results.map(({ machine }) => machineText(machine)))];
  const missing = RUNS.filter(({ id }) => !results.some(({ run }) => run === id)).map(({ id }) => id);
  const rest = missing.length === 0 ? '' : `\nNot yet run in full size: ${missing.join(', ')}.\n`;
  const lines = table(['run', 'what it tests', 'cases', 'failures', 'time', 'date'], rows);
  return `On ${machines.join('; ')}:\n\n${lines}${rest}`;
}
