import { interruption } from '../cli/interruption';
import { progress } from '../cli/progress';
import { ensureVenv, REQUIREMENTS } from './venv';

const HELP = `npm run setup

Makes the Python environment of the sandbox: .sandbox-venv in the project, with the packages of sandbox/requirements.txt
(MLflow, scikit-learn, XGBoost, MiniStack). It takes 2 to 5 minutes and 1.6 GB the first time, milliseconds when nothing
changed. The last line of the output is the interpreter's path.

Environment:
  PYTHON        the Python 3.11, 3.12 or 3.13 to make it with; by default the newest of these on PATH
  SANDBOX_VENV  another folder for the environment
`;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return 0;
  }
  if (args.length > 0) {
    process.stderr.write(`setup takes no arguments, but got: ${args.join(' ')}\n\n${HELP}`);
    return 2;
  }
  const { signal } = interruption();
  const python = await ensureVenv(progress('setup'), process.env, REQUIREMENTS, signal);
  process.stdout.write(`${python}\n`);
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
