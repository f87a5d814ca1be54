import { machineText } from '../bench/report/machine';
import { table } from '../bench/report/words';
import type { Result } from './results';
import { RUNS } from './runs';

/** What is between these lines of the README is made by `npm run trust`. */
export const BEGIN = '<!-- made by npm run trust -->';
export const END = '<!-- until here, by npm run trust -->';

/** The table: a line for each run that was made; the others are named below it. */
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
  const rest = missing.length === 0 ? '' : `\nNot made in full yet: ${missing.join(', ')}.\n`;
  const lines = table(['run', 'what it tries', 'cases', 'failures', 'time', 'date'], rows);
  return `On ${machines.join('; ')}:\n\n${lines}${rest}`;
}
