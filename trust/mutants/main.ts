import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { table } from '../../bench/report/words';
import { runTool } from '../../sandbox/cli/run-tool';
import { PROJECT } from '../../sandbox/processes/paths';
import { faultsOf, percent } from './judge';
import { LIST, readList } from './list';
import { helpText, type Options, readOptions } from './options';
import { mutate } from './run';

void runTool({ readOptions, helpText, run }, process.argv.slice(2));

async function run({ areas, anew }: Options): Promise<boolean> {
  const listed = readList(readFileSync(join(PROJECT, LIST), 'utf8'));
  const rows: string[][] = [];
  const faults: string[] = [];
  for (const area of areas) {
    const score = await mutate(area, anew);
    rows.push([area.id, String(score.mutants), String(score.survivors.length), `${percent(score).toFixed(1)} %`]);
    faults.push(...faultsOf(area.id, score, listed));
  }
  process.stdout.write(`\n${table(['area', 'mutants', 'survived', 'killed'], rows)}\n${faults.join('\n')}`);
  return faults.length === 0;
}
