import { type Ruling, ruleOnNumber } from '../shared/brake';
import type { AbsentPackages } from '../shared/store/ledger';

/** What models left to syncs of all. */
export interface PutOff {
  /** All packages of this installation. */
  readonly owned: number;
  readonly absent: readonly (readonly [modelName: string, AbsentPackages])[];
}

/**
 * Rules on the deletions that the models of one sync of all put off: on all of them together. Those that are held for a reason of
 * their own weigh too, and stay; so do those of models that an earlier sync of all met and this one could not look at, else a
 * registry that fails now and then would let a sum pass in portions.
 *
 * @param execution name of the sync of all
 * @returns the models whose packages go, which are none where there is nothing to decide, and how many packages are held by this
 */
export function weigh(
  execution: string,
  { owned, absent }: PutOff,
): {
  readonly ruling: Ruling;
  readonly models: readonly string[];
  readonly held: number;
} {
  const putOff = absent.filter(([, { held, partOf }]) => !held && partOf === execution);
  const ruling: Ruling = putOff.length === 0 ? { go: true } : ruleOnNumber(packagesOf(absent), owned);
  return ruling.go
    ? { ruling, models: putOff.map(([modelName]) => modelName), held: 0 }
    : { ruling, models: [], held: packagesOf(putOff) };
}

function packagesOf(absent: PutOff['absent']): number {
  return absent.reduce((sum, [, { packages }]) => sum + packages, 0);
}
