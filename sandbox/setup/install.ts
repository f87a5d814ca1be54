import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { startGuarded } from '../processes/guarded';
import type { Interpreter } from './find-python';

/** What to install where. */
export interface Installation {
  readonly venv: string;
  readonly interpreter: Interpreter;
  readonly requirements: string;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** How often a line of progress is said while pip works. */
const EVERY_MS = 10_000;
const LOG = 'setup.log';

/**
 * Makes a virtual environment and installs the pinned packages into it.
 *
 * @throws Error with the last lines of what the failing command said
 */
export async function install(installation: Installation): Promise<void> {
  const { venv, interpreter, requirements, say } = installation;
  say(`making ${venv} with Python ${interpreter.version} (${interpreter.executable})`);
  await run([interpreter.executable, '-m', 'venv', venv], installation, () => undefined);
  say('installing the pinned packages (MLflow, scikit-learn, XGBoost, MiniStack, ...): 2 to 5 minutes the first time');
  let doing = 'starting pip';
  const ticker = setInterval(() => say(doing), EVERY_MS);
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '-r', requirements];
  try {
    await run([join(venv, 'bin', 'python'), ...pip], installation, (line) => {
      doing = summary(line) ?? doing;
    });
  } finally {
    clearInterval(ticker);
  }
  say('the packages are installed');
}

/** What a line of pip's means in few words, or undefined when it says nothing new. */
export function summary(line: string): string | undefined {
  const [, verb, what] = /^\s*(Collecting|Downloading|Building|Installing|Using cached)\s+([^\s(;]+)/.exec(line) ?? [];
  if (verb === 'Installing') {
    return 'unpacking and compiling the packages';
  }
  return verb && what ? `pip: ${verb.toLowerCase()} ${what.split('/').at(-1)}` : undefined;
}

/** Runs a command under a guard: when this process is killed, no install goes on unseen. */
async function run(
  command: [string, ...string[]],
  { venv, interpreter, signal }: Installation,
  heard: (line: string) => void,
): Promise<void> {
  signal?.throwIfAborted();
  const last: string[] = [];
  const lines = new PassThrough();
  createInterface({ input: lines }).on('line', (line) => {
    appendFileSync(join(venv, LOG), `${line}\n`);
    last.push(line);
    last.splice(0, last.length - 15);
    heard(line);
  });
  const running = startGuarded(interpreter.executable, { command, cwd: venv, env: pipEnvironment() }, (chunk) => {
    lines.write(chunk);
  });
  const stop = (): void => running.stop();
  signal?.addEventListener('abort', stop);
  const code = await running.ended;
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  if (code !== 0) {
    const advice = 'Run the setup again; it begins anew.';
    throw new Error(`${command.slice(0, 4).join(' ')} ended with exit code ${code}. ${advice}\n${last.join('\n')}`);
  }
}

/** The user's environment, with its proxies and package indexes, but nothing that would lead pip to another place. */
function pipEnvironment(): Record<string, string> {
  const elsewhere = ['PYTHONHOME', 'PYTHONPATH', 'PIP_TARGET', 'PIP_PREFIX', 'PIP_USER', 'PIP_REQUIRE_VIRTUALENV'];
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries.filter(([name]) => !elsewhere.includes(name)));
}
