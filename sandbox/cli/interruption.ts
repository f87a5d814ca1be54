import { constants } from 'node:os';

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
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (code === undefined) {
        code = 128 + constants.signals[name];
        controller.abort(new Error(`interrupted by ${name}`));
      }
    });
  }
  return { signal: controller.signal, code: () => code };
}
