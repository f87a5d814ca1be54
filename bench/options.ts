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
  /** Ways that are not measured. */
  readonly without: readonly RivalKind[];
  /** Whether results and chart are written into the repository. */
  readonly write: boolean;
}

export const HELP = `npm run bench [-- OPTIONS]

Measures this project beside other ways of doing the same, in one run on one machine, and says whether its targets were reached. It
makes its data (seeded, kept in .bench), starts its servers, and lets all ways take turns. Every archive is extracted and compared.

  option            default  what it does
  --quick           off      a tenth of the data, fewer rounds, and targets that go with them: two to three minutes for transfers
  --only PART       all      transfers, registries or sandbox; may be given several times
  --write           off      writes results and chart into bench/results and README.md even of a quick run; a full run always does
  --without WAY     none     leaves out a way of transfers (sample, plain-node or reference), for those who work on ours: nothing
                             is written then, and targets that need it count as missed; may be given several times
  --help                     this text

  transfers   from a registry to an archive in S3: seconds, CPU, memory, disk, size. The full run takes about twenty minutes,
              5 GB of disk and 3 GB of memory.
  registries  10,000 models with 100,000 versions: the scan of all, and the plan of one
  sandbox     the webhook under load, and how long a transition takes to a package and to an endpoint; about six minutes

Exit code: 0 when all targets were reached, 1 when one was missed or something failed, 2 when the arguments mean nothing.

Environment:
  BENCH_HOME    where data and bundles are kept, by default .bench
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
