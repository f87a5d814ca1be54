import { parseArgs } from 'node:util';

/** The parts of the benchmark. */
export const PARTS = ['transfers', 'registries', 'sandbox'] as const;

export type Part = (typeof PARTS)[number];

/** What the command line asks for. */
export interface Options {
  readonly help: boolean;
  readonly quick: boolean;
  readonly parts: readonly Part[];
  /** Whether results and chart are written into the repository. */
  readonly write: boolean;
}

/** The arguments mean nothing here. Its message names what there is. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP = `npm run bench [-- OPTIONS]

Measures this project beside other ways of doing the same, in one run on one machine, and says whether its targets were reached. It
makes its data (seeded, kept in .bench), starts its servers, and lets all ways take turns. Every archive is extracted and compared.

  option            default  what it does
  --quick           off      a tenth of the data, fewer rounds, and targets that go with them: two to three minutes for transfers
  --only PART       all      transfers, registries or sandbox; may be given several times
  --write           off      writes results and chart into bench/results and README.md even of a quick run; a full run always does
  --help                     this text

  transfers   from a registry to an archive in S3: seconds, CPU, memory, disk, size. The full run takes about twenty minutes,
              5 GB of disk and 3 GB of memory.
  registries  10,000 models with 100,000 versions: the scan of all, and the plan of one
  sandbox     the webhook under load, and how long a transition takes to a package and to an endpoint; about six minutes

Exit code: 0 when all targets were reached, 1 when one was missed or something failed, 2 when the arguments mean nothing.

Environment:
  BENCH_HOME    where data, bundles and objects are kept, by default .bench
  SANDBOX_VENV  the folder of the Python environment, by default .sandbox-venv (\`npm run setup\` makes it)
`;

/**
 * Reads the command line.
 *
 * @throws UsageError that names the argument and what there is
 */
export function readOptions(args: readonly string[]): Options {
  const { help = false, quick = false, write = false, only = [] } = parse(args);
  const unknown = only.find((part) => !isPart(part));
  if (unknown !== undefined) {
    throw new UsageError(`--only ${unknown}: there is no such part. There are: ${PARTS.join(', ')}.`);
  }
  const parts = only.length === 0 ? PARTS : PARTS.filter((part) => only.includes(part));
  return { help, quick, parts, write: write || !quick };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        quick: { type: 'boolean' },
        write: { type: 'boolean' },
        only: { type: 'string', multiple: true },
      },
    });
    return values;
  } catch (error) {
    // Its own words name the argument; the help follows.
    throw new UsageError((error as Error).message);
  }
}

function isPart(text: string): text is Part {
  return PARTS.some((part) => part === text);
}
