import { interruption } from './interruption';

/**
 * Does the work of this process and exits: with what the work gives, with 1 and the reason on stderr when it throws, and after a
 * signal as shells expect it. It exits at once when the work is done: what was interrupted may still wait for what is gone.
 *
 * @param work gives the exit code; its signal is aborted when the user interrupts
 */
export async function runToExit(work: (signal: AbortSignal) => Promise<number>): Promise<never> {
  const interrupted = interruption();
  try {
    const code = await work(interrupted.signal);
    return process.exit(interrupted.code() ?? code);
  } catch (error) {
    const reason = interrupted.code() === undefined ? error : interrupted.signal.reason;
    process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
    return process.exit(interrupted.code() ?? 1);
  }
}
