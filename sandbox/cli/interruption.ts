import { constants } from 'node:os';
import { processEntry } from '../processes/process-table';
import { isAlive } from '../processes/stop';

/** Ctrl-C and its kin, as an abort signal. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** The exit code that a shell expects after the signal that came, or undefined when none came. */
  code(): number | undefined;
}

/**
 * Turns SIGINT, SIGTERM and SIGHUP into an abort, so that whoever has something to end ends it. Further signals change
 * nothing: ending takes seconds, and what is half ended stays behind.
 */
export function interruption(): Interruption {
  const controller = new AbortController();
  let code: number | undefined;
  const interrupt = (name: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void => {
    if (code === undefined) {
      code = 128 + constants.signals[name];
      controller.abort(new Error(`interrupted by ${name}`));
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, interrupt);
  }
  if (process.env.npm_lifecycle_event) {
    whenLauncherEnds(() => interrupt('SIGTERM'));
  }
  return { signal: controller.signal, code: () => code };
}

/**
 * npm runs a script through a shell, and a SIGTERM to npm ends that shell without reaching what it runs. So the end of the
 * parent (the shell, or npm itself where the shell has made way for the script) counts as the signal.
 */
function whenLauncherEnds(ended: () => void): void {
  const parent = processEntry(process.ppid);
  const timer = setInterval(() => {
    if (!isAlive(parent)) {
      clearInterval(timer);
      ended();
    }
  }, 500);
  timer.unref();
}
