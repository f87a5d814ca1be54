import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { withLock } from '../processes/lock';
import { PROJECT } from '../processes/paths';
import { findPython, type Interpreter } from './find-python';
import { type Installation, install, makeVenv } from './install';

/** The pinned packages of the sandbox, for every supported Python. */
export const REQUIREMENTS = join(PROJECT, 'sandbox', 'requirements.txt');
const TENSORFLOW = join(PROJECT, 'sandbox', 'requirements-tensorflow.txt');

const STAMP = 'mlflow-mlops.json';
/** Kept inside the environment's folder, so that nothing else appears beside it. */
const LOCK = '.lock';

/** What a virtual environment was made of; it is written last, so an interrupted install has none. */
interface Stamp {
  readonly requirements: string;
  /** The value of PYTHON when it was made, or null: the choice of another series makes another environment. */
  readonly chosen: string | null;
  readonly version: string;
}

/** Where the virtual environment is. Every sandbox of a project shares one: it is 1.2 GB and holds no state. */
export function venvFolder(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.SANDBOX_VENV || join(PROJECT, '.sandbox-venv'));
}

/** The interpreter of the virtual environment, whether it is made already or not. */
export function venvPython(env: NodeJS.ProcessEnv = process.env): string {
  return join(venvFolder(env), 'bin', 'python');
}

/**
 * The interpreter of a virtual environment that has the pinned packages. It is made when missing, and made again when
 * the packages or the chosen Python changed or an install was interrupted. When nothing changed this takes milliseconds.
 *
 * @param say gets lines of progress
 * @throws NoPython when no Python can make one; Error with the last lines of the log when the install fails
 */
export async function ensureVenv(
  say: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
  requirements: string = REQUIREMENTS,
  signal?: AbortSignal,
): Promise<string> {
  const venv = venvFolder(env);
  const python = venvPython(env);
  const wanted = { requirements: hashOf(requirements), chosen: choice(venv, env) };
  if (isReady(venv, python, wanted)) {
    return python;
  }
  refuseForeignFolder(venv);
  const interpreter = findPython({ ...env, PYTHON: wanted.chosen ?? undefined });
  if (isReady(venv, python, { ...wanted, series: seriesOf(interpreter.version) })) {
    // Another name for the same Python; a sandbox may be running from what is there.
    return python;
  }
  const waiting = (holder: number): void =>
    say(`waiting for process ${holder}, which is creating the Python environment`);
  const makeIt = async (): Promise<void> => {
    // The one that was waited for has made it.
    if (!isReady(venv, python, { ...wanted, series: seriesOf(interpreter.version) })) {
      await make(venv, interpreter, requirements, say, signal);
      const stamp: Stamp = { ...wanted, version: interpreter.version };
      writeFileSync(join(venv, STAMP), `${JSON.stringify(stamp, undefined, 2)}\n`);
    }
  };
  await withLock(join(venv, LOCK), waiting, makeIt, signal);
  return python;
}

async function make(
  venv: string,
  interpreter: Interpreter,
  requirements: string,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  // An interrupted install leaves packages that look complete, so what is there is removed first.
  for (const name of readdirSync(venv).filter((entry) => entry !== LOCK)) {
    rmSync(join(venv, name), { recursive: true, force: true, maxRetries: 5 });
  }
  const installation: Installation = { venv, interpreter, requirements, say, ...(signal ? { signal } : {}) };
  await makeVenv(installation);
  await install(
    installation,
    'the pinned Python packages (MLflow, scikit-learn, XGBoost, MiniStack, ...): about 15 s, once',
  );
}

/**
 * Adds TensorFlow to the sandbox's virtual environment, if it is not there. It is half of all packages by size, and only
 * TensorFlow models need it.
 *
 * @param python the interpreter of the virtual environment; any other is left alone
 * @throws Error with the last lines of the log when the install fails
 */
export async function ensureTensorFlow(
  python: string,
  say: (line: string) => void = () => undefined,
  signal?: AbortSignal,
): Promise<void> {
  const venv = dirname(dirname(python));
  const stamp = join(venv, 'tensorflow.txt');
  const wanted = hashOf(TENSORFLOW);
  const isThere = (): boolean => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (!existsSync(join(venv, STAMP)) || isThere()) {
    return;
  }
  const { version } = JSON.parse(readFileSync(join(venv, STAMP), 'utf8')) as Stamp;
  const interpreter = { executable: python, version };
  const work = async (): Promise<void> => {
    if (isThere()) return;
    const installation = { venv, interpreter, requirements: TENSORFLOW, say, ...(signal ? { signal } : {}) };
    await install(installation, 'TensorFlow for the first TensorFlow model: about 15 s, once');
    writeFileSync(stamp, wanted);
  };
  await withLock(
    join(venv, LOCK),
    (holder) => say(`waiting for process ${holder}, which is installing packages`),
    work,
    signal,
  );
}

/** What a virtual environment must have been made of: of the chosen Python, or of any of the series if one is given. */
type Wanted = Omit<Stamp, 'version'> & { readonly series?: string };

function isReady(venv: string, python: string, wanted: Wanted): boolean {
  const stamp = join(venv, STAMP);
  // existsSync follows the link: false when the Python that the environment was made from is gone.
  if (!existsSync(python) || !existsSync(stamp)) {
    return false;
  }
  const made = JSON.parse(readFileSync(stamp, 'utf8')) as Stamp;
  const fits = [made.chosen, null].includes(wanted.chosen) || seriesOf(made.version) === wanted.series;
  return fits && made.requirements === wanted.requirements;
}

/** The series that a version belongs to: `3.12` of `3.12.1`. */
function seriesOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

/** PYTHON, unless it names the environment's own interpreter, as in a shell that loaded the sandbox's `env` file. */
function choice(venv: string, env: NodeJS.ProcessEnv): string | null {
  const own = !env.PYTHON || resolve(env.PYTHON).startsWith(join(venv, 'bin'));
  return own ? null : (env.PYTHON ?? null);
}

function hashOf(requirements: string): string {
  return createHash('sha256').update(readFileSync(requirements)).digest('hex');
}

/** The folder is emptied before an install: only one that is an environment, or empty, may be. */
function refuseForeignFolder(venv: string): void {
  mkdirSync(venv, { recursive: true });
  const entries = readdirSync(venv).filter((entry) => entry !== LOCK);
  if (entries.length > 0 && !entries.some((entry) => ['pyvenv.cfg', 'setup.log', STAMP].includes(entry))) {
    throw new Error(`${venv} is not a Python virtual environment and not empty: name another folder in SANDBOX_VENV`);
  }
}
