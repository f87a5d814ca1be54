import { UsageError } from '../sandbox/cli/command';
import { parseArguments } from '../sandbox/cli/parse-arguments';
import { RIVAL_KINDS, type RivalKind } from './rivals/rivals';

/** The parts of the benchmark. */
export const PARTS = ['transfers', 'registries', 'sandbox'] as const;

export type Part = (typeof PARTS)[number];

/** What the command line asks for. */
export interface Options {
  readonly help: boolean;
  readonly quick: boolean;
  readonly parts: readonly Part[];
  /** Methods that are not measured. */
  readonly without: readonly RivalKind[];
  /** Whether the results are written into the repository. */
  readonly write: boolean;
}

export const HELP = `npm run bench [-- OPTIONS]

Compares this project with other methods for the same job, in one run on one machine, and checks its targets. It generates its
data (seeded, kept in .bench), starts its servers, and runs the methods in turn. It extracts and compares every archive.

  option            default  meaning
  --quick           off      a tenth of the data, fewer rounds, lower targets: two to three minutes for transfers
  --only PART       all      transfers, registries or sandbox; can be repeated
  --write           off      writes the results of a quick run too, to bench/results and docs/benchmarks.md; a full run always does
  --without WAY     none     skips a method of transfers (sample, plain-node or reference) while you work on this project's
                             own. Nothing is written, and targets that need the method count as missed; can be repeated
  --help                     this text

  transfers   from a registry to an archive in S3: seconds, CPU, memory, disk, size. A full run takes about twenty minutes,
              5 GB of disk and 3 GB of memory.
  registries  10,000 models with 100,000 versions: the scan of a full sync, and the plan of one model
  sandbox     the webhook under load, and the time from a stage transition to model package and endpoint; about six minutes

Exit code: 0 when all targets were reached, 1 when a target was missed or something failed, 2 for invalid arguments.

Environment:
  BENCH_HOME    folder for data and bundles, by default .bench
  SANDBOX_VENV  the folder of the Python environment, by default .sandbox-venv (\`npm run sandbox -- setup\` creates it)
`;

/**
 * Reads the command line.
 *
 * @throws UsageError that names the argument and what there is
 */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArguments(args, {
    options: {
      help: { type: 'boolean', short: 'h' },
      quick: { type: 'boolean' },
      write: { type: 'boolean' },
      only: { type: 'string', multiple: true },
      without: { type: 'string', multiple: true },
    },
  });
  const { help = false, quick = false, write = false, only = [], without = [] } = values;
  refuseOthers('--only', only, PARTS);
  refuseOthers('--without', without, RIVAL_KINDS);
  return {
    help,
    quick,
    parts: only.length === 0 ? PARTS : PARTS.filter((part) => only.includes(part)),
    without: RIVAL_KINDS.filter((kind) => without.includes(kind)),
    write: without.length === 0 && (write || !quick),
  };
}

function refuseOthers(option: string, values: readonly string[], allowed: readonly string[]): void {
  const unknown = values.find((value) => !allowed.includes(value));
  if (unknown !== undefined) {
    throw new UsageError(`${option} ${unknown}: there is no such value. There are: ${allowed.join(', ')}.`);
  }
}
