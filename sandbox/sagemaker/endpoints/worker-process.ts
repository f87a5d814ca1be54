import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { FrameworkImage } from './images';

/** How a worker is started. */
export interface WorkerOptions {
  readonly python: string;
  /** The worker's own folder: its working directory, home and temporary folder. */
  readonly folder: string;
  /** The file of `worker/kinds/` that serves, the folder of an environment image, or AWS's image in script mode. */
  readonly serves: { readonly kind: string } | { readonly image: string } | { readonly framework: FrameworkImage };
  /** An archive to unpack, or undefined when the model is already in `<folder>/ml/model`. */
  readonly archive: string | undefined;
  /** The container's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether it has no network. */
  readonly isolated: boolean;
  /** Where the environments of AWS's images are made, once for a user. */
  readonly cache: string;
  /** Variables by which this machine reaches package indexes. */
  readonly machine: Readonly<Record<string, string>>;
  /** Whether this machine can confine containers: see confinement.ts. */
  readonly confined: boolean;
  /** MB; undefined for an instance's. */
  readonly memory: number | undefined;
  /** Within how many seconds the model must be loaded. */
  readonly seconds: number;
  readonly log: (line: string) => void;
}

/** Why a worker ended before it listened: while unpacking the archive, or while preparing the container. */
export class WorkerStartError extends Error {
  constructor(
    readonly stage: 'archive' | 'container',
    reason: string,
  ) {
    super(reason);
  }
}

const MAIN = join(__dirname, '..', 'worker', 'main.py');
/** A worker that does not end when its stdin closes is ended for it. */
const PATIENCE_MS = 2_000;

/** A Python process that stands in for one container. */
export class WorkerProcess {
  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    readonly url: string,
  ) {}

  /**
   * Starts a worker and waits until it listens; the model is not loaded yet.
   *
   * @param onSpawn is given a way to end the process before it listens
   * @throws WorkerStartError when it ends instead
   */
  static async start(options: WorkerOptions, onSpawn: (stop: () => Promise<void>) => void): Promise<WorkerProcess> {
    const { serves, folder, archive = null, isolated, confined, memory = null, seconds } = options;
    const program = 'kind' in serves ? {} : { program: 'image' in serves ? 'environment' : 'framework' };
    const { cache, machine } = options;
    const settings = { ...program, ...serves, folder, archive, isolated, confined, memory, seconds, cache, machine };
    const child = spawn(options.python, ['-I', '-u', MAIN, JSON.stringify(settings)], {
      cwd: options.folder,
      env: containerEnvironment(options),
    });
    // A worker that is gone cannot be told to stop; that is not an error.
    child.stdin.on('error', () => undefined);
    const lastWords: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      options.log(line);
      lastWords.splice(0, Math.max(0, lastWords.length - 9));
      lastWords.push(line);
    });
    onSpawn(() => stopChild(child));
    const { port } = await firstReport(child, lastWords);
    return new WorkerProcess(child, `http://127.0.0.1:${port}`);
  }

  get ended(): boolean {
    return hasEnded(this.child);
  }

  /** Ends the process and waits for its end. */
  stop(): Promise<void> {
    return stopChild(this.child);
  }
}

/** The one line that a worker prints on its stdout: the port it listens on, or why it does not. */
async function firstReport(
  child: ChildProcessWithoutNullStreams,
  lastWords: readonly string[],
): Promise<{ readonly port: number }> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new WorkerStartError('container', error.message)));
    child.once('close', (code) => {
      const reason = `The worker ended with code ${code}. ${lastWords.join('\n')}`;
      reject(new WorkerStartError('container', reason.trim()));
    });
    createInterface({ input: child.stdout }).once('line', (line) => {
      const report = JSON.parse(line) as { port: number } | { stage: 'archive' | 'container'; reason: string };
      if ('port' in report) resolve(report);
      else reject(new WorkerStartError(report.stage, report.reason));
    });
  });
}

const hasEnded = ({ exitCode, signalCode, pid }: ChildProcessWithoutNullStreams) =>
  exitCode !== null || signalCode !== null || pid === undefined;

async function stopChild(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.stdin.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await ended;
  clearTimeout(timer);
}

/** Where a container has its model and code; here it is a folder of the worker's. */
const CONTAINER_BASE = '/opt/ml';

/** A clean environment: the container's own variables, and nothing of whoever runs the sandbox. */
function containerEnvironment({ folder, environment }: WorkerOptions): Record<string, string> {
  const base = join(folder, 'ml');
  const moved = Object.entries(environment).map(([name, value]) => {
    const inside = value === CONTAINER_BASE || value.startsWith(`${CONTAINER_BASE}/`);
    return [name, inside ? base + value.slice(CONTAINER_BASE.length) : value];
  });
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'C.UTF-8',
    ...Object.fromEntries(moved),
    HOME: folder,
    TMPDIR: folder,
    SAGEMAKER_BASE_DIR: base,
  };
}
