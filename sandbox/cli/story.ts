import { everyProcess, processEntry } from '../processes/process-table';
import type { SandboxContext } from './context';

/**
 * Runs the demo, until it ends or is interrupted. It is loaded only now, since most commands do without what it needs.
 *
 * @throws the reason of the interruption; what the demo started for itself has been told to end then
 */
export async function tellStory(context: SandboxContext, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { runDemo } = await import('../demo/demo.js');
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        endOwnChildren();
        reject(signal.reason);
      },
      { once: true },
    );
  });
  await Promise.race([runDemo(context), interrupted]);
}

/** The children that share this process's group: not a sandbox's supervisor, which has its own. */
function endOwnChildren(): void {
  const group = processEntry(process.pid)?.group;
  for (const child of everyProcess()) {
    if (child.parent === process.pid && child.group === group) {
      try {
        process.kill(child.pid, 'SIGTERM');
      } catch (error) {
        // It ended between the look and the signal.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
          throw error;
        }
      }
    }
  }
}
