import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../bench/options';
import { thisMachine } from '../bench/report/machine';
import { replaceBetween } from '../bench/report/readme';
import { interruption } from '../sandbox/cli/interruption';
import { PROJECT } from '../sandbox/processes/paths';
import { helpText, type Options, readOptions } from './options';
import { BEGIN, END, reportOf } from './report';
import { runTests } from './run-tests';
import { verdictsOn } from './verdict';

const README = join(PROJECT, 'README.md');

const interrupted = interruption();

async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = readOptions(args);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${helpText()}`);
      return 2;
    }
    throw error;
  }
  if (options.help) {
    process.stdout.write(helpText());
    return 0;
  }
  const { report, tried } = await runTests(options.runs, interrupted.signal);
  const verdicts = verdictsOn(options.runs, report, tried, PROJECT);
  const text = reportOf(verdicts, new Date().toISOString().slice(0, 10), thisMachine());
  process.stdout.write(text);
  for (const { run, failed } of verdicts) {
    for (const name of failed) {
      process.stdout.write(`${run.id}: ${name}\n`);
    }
  }
  if (options.write) {
    writeFileSync(README, replaceBetween(readFileSync(README, 'utf8'), BEGIN, END, text));
  }
  return verdicts.every(({ failures }) => failures === 0) ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(interrupted.code() ?? code),
  (error: unknown) => {
    const reason = interrupted.code() === undefined ? error : interrupted.signal.reason;
    process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
    process.exit(interrupted.code() ?? 1);
  },
);
