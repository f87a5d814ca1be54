import { UsageError } from '../../sandbox/cli/command';
import { parseArguments } from '../../sandbox/cli/parse-arguments';
import { AREAS, type Area } from './areas';
import { LIST } from './list';

const NAMES = [...new Set(AREAS.flatMap(({ id, parts }) => [id, ...parts.map((part) => part.id)]))];

/** What the command line asks for. */
export interface Options {
  readonly help: boolean;
  /** Whether mutants are tried again that did not change. */
  readonly anew: boolean;
  /** Areas, each with the parts that are asked for. */
  readonly areas: readonly Area[];
}

/** The text of `--help`. */
export function helpText(): string {
  return `npm run mutate [-- [--anew] AREA|PART ...]

Makes small changes to the code that decides what is let in, deployed, named, described and packed, one at a time, and runs the
tests, which have to notice. What they do not notice has to be in ${LIST}, with a reason. Only mutants whose code or tests
changed since the last time are tried; --anew tries all.

Areas, and parts of them: ${NAMES.join(', ')}

Exit code: 0 when all was noticed or is listed, 1 when something was not, 2 when the arguments mean nothing.
`;
}

/**
 * Reads the command line.
 *
 * @throws UsageError that names the argument and what there is
 */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArguments(args, {
    options: { anew: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`${unknown}: there is no such area or part. There are: ${NAMES.join(', ')}.`);
  }
  const { help = false, anew = false } = values;
  return { help, anew, areas: chosen(positionals.length === 0 ? NAMES : positionals) };
}

/** Areas that are named, and of others the parts that are. */
function chosen(names: readonly string[]): Area[] {
  return AREAS.map((area) =>
    names.includes(area.id) ? area : { ...area, parts: area.parts.filter(({ id }) => names.includes(id)) },
  ).filter(({ parts }) => parts.length > 0);
}
