import type { ActionResult, Totals } from '../shared/contracts';

/**
 * Rounds of one execution. A model that changes all the time is passed on to another execution then: this one tells what it
 * did, and its history stays small.
 */
export const ROUNDS_MAX = 5;

/** Reasons that an execution's output carries; the log has all of them. */
const FAILURES_MAX = 20;
const REASON_MAX = 500;

/**
 * Whether another round would get on with a plan that was too large for this one. A round in which everything failed would be
 * followed by the same one: it is left to the next sync.
 *
 * @param left actions that the plan left to the next round
 */
export function hasMore(left: number | undefined, results: readonly ActionResult[]): boolean {
  return (left ?? 0) > 0 && results.some(({ outcome }) => outcome === 'done');
}

/**
 * Adds a round's results to the sums of the rounds before it.
 *
 * A later round plans again what failed or waits before it, so these count from the last round only.
 */
export function addRound(before: Totals | undefined, results: readonly ActionResult[]): Totals {
  const done = (action: ActionResult['action']) =>
    results.filter((result) => result.action === action && result.outcome === 'done').length;
  const failures = results.filter(({ outcome }) => outcome === 'failed');
  const blocked = results.filter(({ outcome }) => outcome === 'blocked');
  const waiting = results.filter(({ outcome }) => outcome === 'waiting');
  const [deletesAt] = blocked.flatMap((one) => one.deletesAt ?? []).sort();
  return {
    rounds: (before?.rounds ?? 0) + 1,
    created: (before?.created ?? 0) + done('create'),
    updated: (before?.updated ?? 0) + done('update'),
    deleted: (before?.deleted ?? 0) + done('delete'),
    failed: failures.length,
    blocked: blocked.reduce((sum, { packages = 1 }) => sum + packages, 0),
    waiting: waiting.length,
    ...(deletesAt === undefined ? {} : { deletesAt }),
    failures: [...failures.slice(0, FAILURES_MAX - blocked.length), ...blocked, ...waiting]
      .slice(0, FAILURES_MAX)
      .map((failure) => ({ ...failure, reason: reasonOf(failure) })),
  };
}

/** A Lambda's error reaches the state machine as JSON with its message and trace; people want the message. */
function reasonOf({ reason = 'unknown' }: ActionResult): string {
  // The JSON may be cut, so it is not parsed whole.
  const [, message] = /"errorMessage":\s*("(?:[^"\\]|\\.)*")/.exec(reason) ?? [];
  return (message === undefined ? reason : String(JSON.parse(message))).slice(0, REASON_MAX);
}
