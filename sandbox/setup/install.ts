import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { startGuarded } from '../processes/guarded';
import type { Interpreter } from './find-python';

/** What to install where. */
export interface Installation {
  readonly venv: string;
  readonly interpreter: Interpreter;
  /** A complete list: every package with its version. What it leaves out is not installed. */
  readonly requirements: string;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** uv installs the packages in a tenth of the time that pip takes: 12 s instead of 110 s on two cores. */
const UV = 'uv==0.13.9';
/** How often a line of progress is printed during the installation. */
const EVERY_MS = 10_000;
const LOG = 'setup.log';

/** Makes an empty virtual environment with pip in it. */
export async function makeVenv(installation: Installation): Promise<void> {
  const { venv, interpreter, say } = installation;
  say(`creating ${venv} with Python ${interpreter.version} (${interpreter.executable})`);
  await run([interpreter.executable, '-m', 'venv', venv], installation, () => undefined);
}

/**
 * Installs pinned packages into a virtual environment: with uv, or with pip where uv is not published or fails.
 *
 * @param what names the packages, and how long they usually take
 * @throws Error with the last lines of the output and a hint, when the command fails
 */
export async function install(installation: Installation, what: string): Promise<void> {
  const { venv, requirements, say } = installation;
  say(`installing ${what}`);
  let doing = 'still installing';
  const ticker = setInterval(() => say(doing), EVERY_MS);
  const heard = (line: string): void => {
    doing = summary(line) ?? doing;
  };
  const python = join(venv, 'bin', 'python');
  const pip: [string, ...string[]] = [python, '-m', 'pip', 'install', '--disable-pip-version-check', '--no-input'];
  const list = ['--no-deps', '-r', requirements];
  try {
    if (await hasUv(venv, pip, installation)) {
      const uv = [join(venv, 'bin', 'uv'), 'pip', 'install', '--no-progress', '--index-strategy', 'unsafe-best-match'];
      try {
        await run([...uv, '--python', python, ...list] as [string, ...string[]], installation, heard);
        return;
      } catch (error) {
        installation.signal?.throwIfAborted();
        // pip reads settings that uv does not, such as those of pip.conf.
        say(`uv failed, trying pip, which takes 2 to 5 minutes: ${firstLine(error)}`);
      }
    } else {
      say('uv could not be installed: installing with pip, which takes 2 to 5 minutes');
    }
    await run([...pip, ...list], installation, heard);
  } finally {
    clearInterval(ticker);
  }
}

async function hasUv(venv: string, pip: [string, ...string[]], installation: Installation): Promise<boolean> {
  const uv = join(venv, 'bin', 'uv');
  if (!existsSync(uv)) {
    // A failure here is repeated, and reported, by pip itself.
    await run([...pip, '--only-binary', ':all:', UV], installation, () => undefined).catch(() => undefined);
    installation.signal?.throwIfAborted();
  }
  return existsSync(uv);
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

/** A short form of a line of uv's or pip's output, or undefined when it says nothing new. */
export function summary(line: string): string | undefined {
  const [, verb, what] =
    /^\s*(Collecting|Downloading|Building|Installing|Using cached|Prepared)\s+([^\s(;]+)/.exec(line) ?? [];
  if (verb === 'Installing' || verb === 'Prepared') {
    return 'unpacking the packages';
  }
  return verb && what ? `${verb.toLowerCase()} ${what.split('/').at(-1)}` : undefined;
}

/** What the user can do about a failed download or installation, judged by the output; empty when unknown. */
export function hintFor(output: string): string {
  if (/ENOSPC|No space left|os error 28|Disk quota/i.test(output)) {
    return 'The disk is full. Free about 4 GB, or put the environment elsewhere with SANDBOX_VENV. ';
  }
  if (
    /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|resolve|dns error|error sending request|connect|timed out/i.test(output)
  ) {
    return 'The package registry cannot be reached. Check the network, the proxy (HTTPS_PROXY) and the registry settings of npm and pip. ';
  }
  return '';
}

/** Runs a command under a guard: when this process is killed, the command ends too. */
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
  const running = startGuarded(interpreter.executable, { command, cwd: venv, env: installEnvironment() }, (chunk) => {
    lines.write(chunk);
  });
  const stop = (): void => running.stop();
  signal?.addEventListener('abort', stop);
  const code = await running.ended;
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  if (code !== 0) {
    const said = last.join('\n');
    const words = command.slice(0, 4).join(' ');
    throw new Error(`${words} ended with exit code ${code}. ${hintFor(said)}Then run the command again.\n${said}`);
  }
}

/** pip's settings under the names that uv reads. */
const FOR_UV: Readonly<Record<string, string>> = {
  PIP_INDEX_URL: 'UV_DEFAULT_INDEX',
  PIP_EXTRA_INDEX_URL: 'UV_INDEX',
  PIP_FIND_LINKS: 'UV_FIND_LINKS',
  PIP_CERT: 'SSL_CERT_FILE',
};

/** The user's environment with its proxies and package indexes, without what would lead the installation to another place. */
function installEnvironment(): Record<string, string> {
  const elsewhere = ['PYTHONHOME', 'PYTHONPATH', 'PIP_TARGET', 'PIP_PREFIX', 'PIP_USER', 'PIP_REQUIRE_VIRTUALENV'];
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const own = Object.fromEntries(entries.filter(([name]) => !elsewhere.includes(name)));
  const forUv = Object.entries(FOR_UV).flatMap(([pip, uv]) => {
    const value = own[pip];
    // pip separates addresses by spaces, uv links by commas.
    return value === undefined
      ? []
      : [[uv, uv === 'UV_FIND_LINKS' ? value.trim().split(/\s+/).join(',') : value] as const];
  });
  return { UV_SYSTEM_CERTS: 'true', ...Object.fromEntries(forUv), ...own };
}
