import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { synth } from '../deploy/synth';
import { deleteStaleWebhooks } from '../mlflow/stale-webhooks';
import { withLock } from '../processes/lock';
import { lastLines } from '../processes/log-lines';
import { processId } from '../processes/part';
import { PROJECT, type SandboxPaths, sandboxPaths } from '../processes/paths';
import { newToken } from '../processes/sandbox-parts';
import { type StartedSupervisor, SupervisorFailed, startSupervisor, untilReady } from '../processes/start';
import { isAlive, stopSandbox } from '../processes/stop';
import { notEnforced } from '../sagemaker/endpoints/confinement';
import { ensureVenv, REQUIREMENTS } from '../setup/venv';
import { announceParts } from './announce';
import { readContext, type SandboxContext } from './context';
import { type BothAccounts, bootstrapBoth, deployBoth, serverUrls } from './deploy-both';
import { writeEnvFile } from './env-file';
import { allWell, sandboxHealth } from './health';

/** How to bring a sandbox up. */
export interface UpOptions {
  /** Its folder; by default SANDBOX_HOME, or `.sandbox` in the project. */
  readonly home?: string;
  /** An interpreter that has the packages already; by default the one that the setup makes. */
  readonly python?: string;
  /**
   * Whether it lives on when this process ends, until `down`.
   * @default true; false ends all of it with this process, even if that is killed
   */
  readonly stay?: boolean;
  /** Gets lines of progress. */
  readonly say?: (line: string) => void;
  /** Ends the attempt, and all that it started. */
  readonly signal?: AbortSignal;
  /** The command of another CDK app than the project's. */
  readonly app?: string;
}

/** Whether a sandbox is up in this folder, with all its parts running and its stacks deployed. */
export function isUp(paths: SandboxPaths): boolean {
  return allWell(sandboxHealth(paths));
}

/**
 * Brings a sandbox up: the Python environment, all servers, the stacks in both accounts. When one is up already it is used;
 * one that is half up is taken down first.
 *
 * @returns the context of the sandbox that is up
 * @throws Error whose message ends with the last lines of the log of what failed; nothing is left running then
 */
export async function up(options: UpOptions = {}): Promise<SandboxContext> {
  const { context } = await ensureUp(options);
  return context;
}

/** The same, and whether this call is what brought it up: who did not should not take it down. */
export async function ensureUp(options: UpOptions = {}): Promise<{ context: SandboxContext; broughtUp: boolean }> {
  const paths = sandboxPaths(options.home);
  const { say = () => undefined, signal } = options;
  const waiting = (holder: number): void => say(`waiting for process ${holder}, which is starting this sandbox`);
  const work = async (): Promise<boolean> => {
    if (isUp(paths)) {
      say(`the sandbox is already up in ${paths.home}`);
      return false;
    }
    if (await stopSandbox(paths)) {
      say('a sandbox that was not fully up has been taken down');
    }
    await bringUp(paths, options, say);
    return true;
  };
  const broughtUp = await withLock(paths.lock, waiting, work, signal);
  return { context: readContext(paths, say), broughtUp };
}

/**
 * Takes a sandbox down: ends every process that it started, and removes its environment files. Logs and data stay.
 *
 * @returns whether there was anything to end
 */
export function down(options: { readonly home?: string } = {}): Promise<boolean> {
  return stopSandbox(sandboxPaths(options.home));
}

async function bringUp(paths: SandboxPaths, options: UpOptions, say: (line: string) => void): Promise<void> {
  // What killed Lambdas left.
  rmSync(paths.tmp, { recursive: true, force: true });
  mkdirSync(paths.tmp, { recursive: true });
  // What fails first ends what is at work beside it.
  const failure = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failure.signal]) : failure.signal;
  const python = options.python ?? (await ensureVenv(say, process.env, REQUIREMENTS, signal));
  say('starting the servers and synthesizing the stacks: about 30 s');
  const token = newToken();
  const entry = join(PROJECT, 'sandbox', 'processes', 'main.ts');
  const supervisor = startSupervisor(paths, entry, { PYTHON: python, DATABRICKS_TOKEN: token });
  const work = { paths, python, token, say, signal };
  const parts = announceParts(say);
  const lenient = await notEnforced();
  if (lenient !== undefined) {
    say(lenient);
  }
  const steps = [
    synth(work, options.app).then(() => say('stacks synthesized')),
    bootstrapEarly(work, parts.running('ministack')),
    untilReady(paths, supervisor, parts.seen, signal),
  ] as const;
  try {
    const [, bootstrapped, state] = await Promise.all(steps);
    const urls = serverUrls(state);
    if (bootstrapped !== urls.ministack) {
      await bootstrapBoth(work, urls.ministack);
    }
    // Before the stacks register webhooks of their own.
    await deleteStaleWebhooks(urls.mlflow);
    say('deploying the stacks to both accounts: about 15 s');
    const { databricks, openSource } = await deployBoth(work, paths.cdkOut, urls);
    writeEnvFile(paths.openSourceEnv, openSource);
    writeEnvFile(paths.env, databricks);
    if (options.stay ?? true) {
      supervisor.stay();
    }
  } catch (error) {
    failure.abort(error);
    parts.end();
    await Promise.allSettled(steps);
    await endSupervisor(supervisor);
    await stopSandbox(paths);
    throw withLog(paths, error);
  }
}

/**
 * Bootstraps while the slower servers still start. Should all of them be started again at other ports meanwhile, what was
 * done is lost or fails: it is done again then, and a failure is told then.
 *
 * @returns the MiniStack that was bootstrapped, if one was
 */
async function bootstrapEarly(work: BothAccounts, ministack: Promise<string>): Promise<string | undefined> {
  const url = await ministack;
  return bootstrapBoth(work, url).then(
    () => url,
    () => undefined,
  );
}

/** The supervisor may not have written its state yet. */
async function endSupervisor(supervisor: StartedSupervisor): Promise<void> {
  const id = processId(supervisor.process.pid);
  if (id && isAlive(id)) {
    const ended = new Promise((resolve) => supervisor.process.once('exit', resolve));
    supervisor.process.ref();
    supervisor.process.kill('SIGTERM');
    await ended;
  }
}

function withLog(paths: SandboxPaths, error: unknown): unknown {
  if (!(error instanceof SupervisorFailed)) {
    return error;
  }
  const log = join(paths.logs, `${error.part}.log`);
  return new Error(`${error.message} (${log}):\n${lastLines(log, 25).join('\n')}`, { cause: error });
}
