import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../../bench/report/words';
import { PROJECT } from '../../sandbox/processes/paths';
import { AREAS, type Area } from './areas';
import { faultsOf, percent } from './judge';
import { LIST, readList } from './list';
import { mutate } from './run';

const NAMES = [...new Set(AREAS.flatMap(({ id, parts }) => [id, ...parts.map((part) => part.id)]))];
const HELP = `npm run mutate [-- [--anew] AREA|PART ...]

Makes small changes to the code that decides what is let in, deployed, named, described and packed, one at a time, and runs the
tests, which have to notice. What they do not notice has to be in ${LIST}, with a reason. Only mutants whose code or tests
changed since the last time are tried; --anew tries all.

Areas, and parts of them: ${NAMES.join(', ')}
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { anew: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !NAMES.includes(name));
  if (values.help || unknown !== undefined) {
    process.stdout.write(unknown === undefined ? HELP : `${unknown}: there is no such area or part.\n\n${HELP}`);
    return unknown === undefined ? 0 : 2;
  }
  const listed = readList(readFileSync(join(PROJECT, LIST), 'utf8'));
  const rows: string[][] = [];
  const faults: string[] = [];
  for (const area of chosen(positionals.length === 0 ? NAMES : positionals)) {
    const score = await mutate(area, values.anew);
    rows.push([area.id, String(score.mutants), String(score.survivors.length), `${percent(score).toFixed(1)} %`]);
    faults.push(...faultsOf(area.id, score, listed));
  }
  process.stdout.write(`\n${table(['area', 'mutants', 'survived', 'killed'], rows)}\n${faults.join('\n')}`);
  return faults.length === 0 ? 0 : 1;
}

/** Areas that are named, and of others the parts that are. */
function chosen(names: readonly string[]): Area[] {
  return AREAS.map((area) =>
    names.includes(area.id) ? area : { ...area, parts: area.parts.filter(({ id }) => names.includes(id)) },
  ).filter(({ parts }) => parts.length > 0);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
