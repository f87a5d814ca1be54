import { type Ruling, ruleOnNumber } from '../shared/brake';
import type { AbsentPackages } from '../shared/store/ledger';

/** What the models of a sync of all put off. */
export interface PutOff {
  /** All packages of this installation. */
  readonly owned: number;
  readonly absent: readonly (readonly [modelName: string, AbsentPackages])[];
}

/**
 * Rules on the deletions that the models of one sync of all put off: on all of them together. Those that are held for a reason of
 * their own weigh too, and stay.
 *
 * @returns the models whose packages go, which are none where there is nothing to decide
 */
export function weigh({ owned, absent }: PutOff): { readonly ruling: Ruling; readonly models: readonly string[] } {
  const packages = absent.reduce((sum, [, one]) => sum + one.packages, 0);
  const putOff = absent.filter(([, { held }]) => !held).map(([modelName]) => modelName);
  const ruling: Ruling = putOff.length === 0 ? { go: true } : ruleOnNumber(packages, owned);
  return { ruling, models: ruling.go ? putOff : [] };
}
