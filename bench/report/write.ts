import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/processes/paths';
import { chartOf } from './chart';
import { markdownOf } from './markdown';
import { BEGIN, END, readmePart, replaceBetween } from './readme';
import { Results } from './results';

const FOLDER = join(PROJECT, 'bench', 'results');
const README = join(PROJECT, 'README.md');

/** Writes what was measured beside what other runs measured, which stays: numbers, page, chart, and the README's part. */
export function writeResults(measured: Results, say: (line: string) => void): void {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, 'results.json');
  const before = existsSync(file) ? Results.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  const results = { ...before, ...measured };
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(join(FOLDER, 'results.md'), markdownOf(results));
  if (results.transfers) {
    writeFileSync(join(FOLDER, 'chart.svg'), chartOf(results.transfers));
  }
  writeFileSync(README, replaceBetween(readFileSync(README, 'utf8'), BEGIN, END, readmePart(results)));
  say('bench/results and the README have the results');
}
