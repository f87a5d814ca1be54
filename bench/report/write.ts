import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/processes/paths';
import { chartOf } from './chart';
import { markdownOf } from './markdown';
import { BEGIN, END, PAGE, replaceBetween } from './page';
import { Results } from './results';

const FOLDER = join(PROJECT, 'bench', 'results');

/** Merges new results into the stored ones, then writes the numbers, the chart and the page's part. Parts that were not measured stay. */
export function writeResults(measured: Results, say: (line: string) => void): void {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, 'results.json');
  const before = existsSync(file) ? Results.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  const results = { ...before, ...measured };
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
  if (results.transfers) {
    writeFileSync(join(FOLDER, 'chart.svg'), chartOf(results.transfers));
  }
  const page = join(PROJECT, PAGE);
  writeFileSync(page, replaceBetween(PAGE, readFileSync(page, 'utf8'), BEGIN, END, markdownOf(results)));
  say(`the results are in bench/results and ${PAGE}`);
}
