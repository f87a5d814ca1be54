const STEP_MS = 200;

/**
 * Waits until something is seen.
 *
 * @param what in words, for the error
 * @param look undefined or false means: not yet
 * @param timeoutMs how long it may take
 * @throws Error that names what was waited for
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  timeoutMs = 90_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) {
      return seen;
    }
    if (Date.now() > deadline) {
      throw new Error(`not seen within ${timeoutMs / 1000} s: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}
