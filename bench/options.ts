import { UsageError } from '../sandbox/cli/command';
import { parseArguments } from '../sandbox/cli/parse-arguments';

/** The parts of the benchmark. */
export const PARTS = ['transfers', 'plan', 'webhook', 'sandbox'] as const;

/** The parsed command line. */
export interface Options {
  readonly help: boolean;
  /** Less data and fewer rounds. The results are printed, but not stored. */
  readonly quick: boolean;
  readonly parts: readonly (typeof PARTS)[number][];
}

export const HELP = `npm run bench [-- OPTIONS]

Measures this project and stores the results in bench/results.json and docs/benchmarks.md.

  option       default  meaning
  --quick      off      a tenth of the data and fewer rounds; prints the results and stores nothing
  --only PART  all      transfers, plan, webhook or sandbox; can be repeated
  --help                this text

  transfers   from a registry to an archive in S3, compared with other methods: 20 minutes, 4 GB of disk,
              3 GB of memory, Linux with 2 CPUs, taskset, curl and openssl
  plan        the plan of a model with 100,000 versions: half a minute
  webhook     cold start of the webhook function: half a minute
  sandbox     the webhook's response time, and the time from a stage transition to the endpoint: 6 minutes

Exit code: 0 when everything was measured, 1 when something failed, 2 for invalid arguments.

Environment:
  SANDBOX_VENV  folder of the Python environment, by default .sandbox-venv (\`npm run sandbox -- setup\` creates it)
`;

/**
 * Reads the command line.
 *
 * @throws UsageError that names the argument and the allowed values
 */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArguments(args, {
    options: {
      help: { type: 'boolean', short: 'h' },
      quick: { type: 'boolean' },
      only: { type: 'string', multiple: true },
    },
  });
  const { help = false, quick = false, only = [] } = values;
  const unknown = only.find((part) => !PARTS.some((one) => one === part));
  if (unknown !== undefined) {
    throw new UsageError(`--only ${unknown}: there is no such part. Choose from: ${PARTS.join(', ')}.`);
  }
  return { help, quick, parts: only.length === 0 ? PARTS : PARTS.filter((part) => only.includes(part)) };
}
