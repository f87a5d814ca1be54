import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceBetween } from '../../../../bench/report/page';
import { table } from '../../../../bench/report/words';
import { PROJECT } from '../../../../sandbox/processes/paths';
import type { Outcome } from './serve';
import type { Training } from './trainings';

const PAGE = 'docs/serving-matrix.md';
const BEGIN = '<!-- results of npm run trust -- --only serving-matrix: begin -->';
const END = '<!-- results of npm run trust -- --only serving-matrix: end -->';

/** What became of the models of a training, by kind. A kind that cannot be trained there says why. */
export type Outcomes = Readonly<Record<string, Outcome | { readonly missing: string }>>;

/** Puts a table of all outcomes into the page. */
export function writePage(results: readonly (readonly [Training, Outcomes])[]): void {
  const kinds = [...new Set(results.flatMap(([, outcomes]) => Object.keys(outcomes)))];
  const reasons = new Set<string>();
  const head = ['model', ...results.map(([{ name, python }]) => `${name}, Python ${python}`)];
  const rows = kinds.map((kind) => [kind, ...results.map(([, outcomes]) => cell(outcomes[kind], reasons))]);
  const notes = [...reasons].map((reason, at) => `${at + 1}. ${reason}\n`).join('');
  const text = table(head, rows) + (notes === '' ? '' : `\nNotes:\n\n${notes}`);
  const page = join(PROJECT, PAGE);
  writeFileSync(page, replaceBetween(PAGE, readFileSync(page, 'utf8'), BEGIN, END, text));
}

function cell(outcome: Outcomes[string] | undefined, reasons: Set<string>): string {
  if (outcome === undefined) return '–';
  const note = (word: string, said: string) => {
    const [reason = ''] = said.split('\n');
    reasons.add(reason);
    return `${word} (${[...reasons].indexOf(reason) + 1})`;
  };
  if ('missing' in outcome) return note('not trained', outcome.missing);
  if (outcome.faults.length > 0) return '**wrong**';
  return outcome.way === 'refused' ? note('refused', outcome.reason ?? '') : outcome.way;
}
