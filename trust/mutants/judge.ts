import { asList, LIST, without } from './list';
import type { Change, Score } from './report';

/** Percent of an area's mutants that tests have to notice. */
export const KILLED_MIN = 90;

/**
 * What is wrong with an area's score: too few mutants that tests notice, survivors that are not on the list, and what is on the
 * list and no mutant any more.
 *
 * @returns sentences for people; none where all is well
 */
export function faultsOf(area: string, score: Score, listed: readonly Change[]): string[] {
  const faults: string[] = [];
  const files = new Set(score.tried.map(({ file }) => file));
  const unlisted = without(score.survivors, listed);
  const stale = without(
    listed.filter(({ file }) => files.has(file)),
    score.tried,
  );
  if (percent(score) < KILLED_MIN) {
    faults.push(`${area}: ${percent(score).toFixed(1)} % are killed, not ${KILLED_MIN} %`);
  }
  if (unlisted.length > 0) {
    faults.push(`${area}: no test notices these, and ${LIST} does not say why:\n\n${asList(unlisted)}`);
  }
  if (stale.length > 0) {
    faults.push(`${area}: ${LIST} has what is no mutant any more:\n\n${asList(stale)}`);
  }
  return faults;
}

/** Killed mutants in percent. */
export function percent({ mutants, killed }: Score): number {
  return mutants === 0 ? 0 : (100 * killed) / mutants;
}
