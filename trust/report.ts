import { type Machine, machineText } from '../bench/report/machine';
import { table } from '../bench/report/words';
import type { Verdict } from './verdict';

/** What is between these lines of the README is made by `npm run trust`. */
export const BEGIN = '<!-- made by npm run trust -->';
export const END = '<!-- until here, by npm run trust -->';

/** The table: a line for each run. */
export function reportOf(verdicts: readonly Verdict[], date: string, machine: Machine): string {
  const rows = verdicts.map(({ run, cases, failures }) => [
    run.id,
    run.what,
    cases.toLocaleString('en-US'),
    String(failures),
  ]);
  return `${date}, ${machineText(machine)}:\n\n${table(['run', 'what it tries', 'cases', 'failures'], rows)}`;
}
