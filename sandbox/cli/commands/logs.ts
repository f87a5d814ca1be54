import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastOf } from '../../processes/log-lines';
import { sandboxPaths } from '../../processes/paths';
import { type Command, type CommandContext, UsageError } from '../command';

/** How much of each log is shown: of one that was asked for, and of each when all are shown. */
const LINES = { one: 200, all: 20 };

/** `logs`: the logs of the parts. */
export const logs: Command = {
  summary: 'show the logs of the parts',
  help: `npm run sandbox -- logs [PART] [-f]

Prints the end of a part's log, or of every log. -f follows the log until Ctrl-C.
`,
  async run(args, context) {
    const follow = args.some((arg) => arg === '-f' || arg === '--follow');
    const names = args.filter((arg) => arg !== '-f' && arg !== '--follow');
    const folder = sandboxPaths().logs;
    const files = chosenLogs(folder, names);
    const titled = files.length > 1;
    const read = new Map<string, number>();
    for (const file of files) {
      const text = readFrom(join(folder, file), 0);
      // Where following begins: what is written from here on was not shown.
      read.set(file, text.length);
      const shown = lastOf(text.toString(), titled ? LINES.all : LINES.one);
      context.out(`${titled ? `==> ${partOf(file)} <==\n` : ''}${shown.map((line) => `${line}\n`).join('')}`);
    }
    if (follow) {
      await followLogs(folder, read, context);
    }
    return 0;
  },
};

function chosenLogs(folder: string, names: readonly string[]): string[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.log')) : [];
  const parts = files.map(partOf).join(', ');
  const there = parts ? `There are: ${parts}.` : `${folder} has no logs yet.`;
  const [name, ...more] = names;
  if (more.length > 0) {
    throw new UsageError(`logs takes one part, but got: ${names.join(' ')}. ${there}`);
  }
  if (name !== undefined && !files.includes(`${name}.log`)) {
    throw new UsageError(`There is no log of ${name}. ${there}`);
  }
  return name === undefined ? files : [`${name}.log`];
}

function partOf(file: string): string {
  return file.replace(/\.log$/, '');
}

async function followLogs(folder: string, read: Map<string, number>, { out, signal }: CommandContext): Promise<void> {
  while (!signal.aborted) {
    for (const [file, from] of read) {
      const text = readFrom(join(folder, file), from);
      if (text.length > 0) {
        out(read.size > 1 ? text.toString().replaceAll(/^(?=.)/gm, `${partOf(file)}: `) : text.toString());
        read.set(file, from + text.length);
      }
    }
    await sleep(300);
  }
}

function readFrom(file: string, from: number): Buffer {
  const size = statSync(file).size;
  const chunk = Buffer.alloc(Math.max(0, size - from));
  const descriptor = openSync(file, 'r');
  try {
    return chunk.subarray(0, readSync(descriptor, chunk, 0, chunk.length, from));
  } finally {
    closeSync(descriptor);
  }
}
