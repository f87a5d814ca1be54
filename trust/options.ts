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

Runs the failure tests in full size: webhook storms, crashes, forged deliveries, hostile files, and everything else that could lose
data, change foreign resources or let an attacker in. The everyday tests contain the same tests in a smaller size. The command
creates the Python environment and a sandbox when a run needs them. It prints a table and writes it to docs/verification.md; runs
that are not repeated keep their lines.

  --only RUN  one run; can be repeated
  --help      this text

Runs:
${runs}

Exit code: 0 when every test passed, 1 when one failed, 2 for invalid arguments.
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
