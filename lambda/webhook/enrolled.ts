/** Seconds for which a model that was enrolled is taken to be so still. */
export const ENROLLED_SECONDS = 60;
/** Models remembered at once; beyond that all are asked for again. */
const REMEMBERED_MAX = 1_000;

/**
 * Asks whether a model is enrolled, and remembers those that are, so that a further delivery waits for the start of its sync
 * only. A model that is enrolled no more makes at most a minute's syncs that find nothing to do; one that is enrolled now is
 * never taken for one that is not.
 *
 * @param ask the store's answer
 * @param now seconds since the epoch
 */
export function rememberEnrolled(
  ask: (modelName: string) => Promise<boolean>,
  now: () => number,
): (modelName: string) => Promise<boolean> {
  const until = new Map<string, number>();
  return async (modelName) => {
    if (now() < (until.get(modelName) ?? 0)) {
      return true;
    }
    until.delete(modelName);
    const enrolled = await ask(modelName);
    if (enrolled) {
      if (until.size >= REMEMBERED_MAX) {
        until.clear();
      }
      until.set(modelName, now() + ENROLLED_SECONDS);
    }
    return enrolled;
  };
}
