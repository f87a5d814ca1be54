/** How often each rival runs. */
export interface Rounds {
  readonly all: number;
  /** Those that take longer than this in the first round run only as often as `slow` says. */
  readonly slowSeconds: number;
  readonly slow: number;
}

export const FULL_ROUNDS: Rounds = { all: 5, slowSeconds: 15, slow: 2 };
export const QUICK_ROUNDS: Rounds = { all: 2, slowSeconds: 4, slow: 1 };

/**
 * Whether a rival runs in a round. Rounds go through all rivals in turn, so that a machine that slows down does so for everybody.
 *
 * @param round the first is 1
 * @param first seconds that its first run took; undefined before it
 */
export function runsIn(round: number, first: number | undefined, rounds: Rounds): boolean {
  const most = first !== undefined && first > rounds.slowSeconds ? rounds.slow : rounds.all;
  return round <= most;
}
