import { UsageError } from '../sandbox/cli/command';
import { parseArguments } from '../sandbox/cli/parse-arguments';
import { RUNS, type Run } from './runs';

/** What the command line asks for. */
export interface Options {
  readonly help: boolean;
  readonly runs: readonly Run[];
}

/** The text of `--help`. */
export function helpText(): string {
  const width = Math.max(0, ...RUNS.map(({ id }) => id.length));
  const runs = RUNS.map(({ id, what }) => `  ${id.padEnd(width)}  ${what}`).join('\n');
  return `npm run trust [-- OPTIONS]

Tries in full what the tests of every day try in small: storms, crashes, forgeries, hostile files, and what else could make the system
lose something, touch what is not its own, or let somebody in. It makes the Python environment and a sandbox where it needs them,
prints a table, and writes it into README.md; runs that are not done again keep their lines.

  --only RUN  one run; may be given several times
  --help      this text

Runs:
${runs}

Exit code: 0 when nothing failed, 1 when something did, 2 when the arguments mean nothing.
`;
}

/**
 * Reads the command line.
 *
 * @throws UsageError that names the argument and what there is
 */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArguments(args, {
    options: { help: { type: 'boolean', short: 'h' }, only: { type: 'string', multiple: true } },
  });
  const { help = false, only = [] } = values;
  const unknown = only.find((id) => !RUNS.some((run) => run.id === id));
  if (unknown !== undefined) {
    throw new UsageError(`--only ${unknown}: there is no such run. There are: ${RUNS.map(({ id }) => id).join(', ')}.`);
  }
  const runs = only.length === 0 ? RUNS : RUNS.filter(({ id }) => only.includes(id));
  return { help, runs };
}
