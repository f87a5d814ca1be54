import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thisMachine } from '../bench/report/machine';
import { replaceBetween } from '../bench/report/page';
import { runTool } from '../sandbox/cli/run-tool';
import { PROJECT } from '../sandbox/processes/paths';
import { helpText, type Options, readOptions } from './options';
import { BEGIN, END, PAGE, reportOf } from './report';
import { RESULTS, type Result, withVerdicts } from './results';
import { runTests } from './run-tests';
import { verdictsOn } from './verdict';

void runTool({ readOptions, helpText, run }, process.argv.slice(2));

async function run({ runs }: Options, signal: AbortSignal): Promise<boolean> {
  const { report, tried } = await runTests(runs, signal);
  const verdicts = verdictsOn(runs, report, tried, PROJECT);
  const file = join(PROJECT, RESULTS);
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Result[]) : [];
  const results = withVerdicts(before, verdicts, new Date().toISOString().slice(0, 10), thisMachine());
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  const text = reportOf(results);
  const page = join(PROJECT, PAGE);
  writeFileSync(page, replaceBetween(PAGE, readFileSync(page, 'utf8'), BEGIN, END, text));
  process.stdout.write(text);
  for (const { run, failed } of verdicts) {
    for (const name of failed) {
      process.stdout.write(`${run.id}: ${name}\n`);
    }
  }
  return verdicts.every(({ failures }) => failures === 0);
}
