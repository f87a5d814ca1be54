import { type Absence, mostThatMayGo, ruleOnModel, ruleOnNumber } from '../shared/brake';
import type { ActionResult, DeleteAction } from '../shared/contracts';
import type { AbsentPackages, LedgerRecord } from '../shared/store/ledger';

/** What ruling on a model's packages of absent versions reads. */
export interface RulingEffects {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Asks the registry for the model by its name. */
  readonly stateOfModel: () => Promise<Absence['model']>;
  /** How many packages the installation has. */
  readonly countOwned: () => Promise<number>;
}

/** By which sync of all a model is synced; neither for one on its own. */
export interface Asked {
  /** The one that is to decide, once all of its models have looked. */
  readonly partOf?: string | undefined;
  /** The one that has decided that they go. */
  readonly weighedBy?: string | undefined;
}

/** What is to be done with them, and what is to be kept of it; `absent` is undefined where there are none. */
export interface RuledDeletions {
  readonly delete: readonly DeleteAction[];
  readonly notDone: readonly ActionResult[];
  readonly absent: AbsentPackages | undefined;
}

/**
 * Rules on the packages of one model whose versions the registry does not know. By itself a model's sync decides at once; as part
 * of a sync of all it leaves the number to that one, which knows what all of its models would delete. What was left to one stays
 * so: else syncs of single models would carry out bit by bit what the sum was held for. Its word is for as many packages as it
 * weighed.
 */
export async function ruleOnGone(
  modelName: string,
  gone: readonly DeleteAction[],
  { partOf, weighedBy }: Asked,
  { absent: before, confirmedUntil = 0 }: LedgerRecord,
  effects: RulingEffects,
): Promise<RuledDeletions> {
  if (gone.length === 0) {
    return { delete: [], notDone: [], absent: undefined };
  }
  const now = effects.now();
  const packages = gone.length;
  if (now < confirmedUntil) {
    return { delete: gone, notDone: [], absent: { packages, held: false } };
  }
  const model = await effects.stateOfModel();
  const missingSince = model === 'known' ? undefined : (before?.missingSince ?? now);
  const left = partOf === undefined && before?.partOf !== undefined ? before : undefined;
  const decider = partOf ?? left?.partOf;
  const noted = {
    packages: left?.packages ?? packages,
    ...(missingSince === undefined ? {} : { missingSince }),
    ...(decider === undefined ? {} : { partOf: decider }),
  };
  const onModel = ruleOnModel({ modelName, packages, model, since: missingSince ?? now }, now);
  if (!onModel.go) {
    return notDone('held', onModel.reason, { ...noted, held: true });
  }
  if (left !== undefined && left.partOf === weighedBy && packages <= left.packages) {
    return { delete: gone, notDone: [], absent: { ...noted, held: false } };
  }
  if (decider !== undefined) {
    return notDone('put off', 'the sync of all decides', { ...noted, held: false });
  }
  // So many may go whatever the number of all: then nobody counts them.
  const owned = packages <= mostThatMayGo(0) ? 0 : await effects.countOwned();
  const onNumber = ruleOnNumber(packages, owned, modelName);
  return onNumber.go
    ? { delete: gone, notDone: [], absent: { ...noted, held: false } }
    : notDone('held', onNumber.reason, { ...noted, held: true });
}

function notDone(outcome: 'held' | 'put off', reason: string, absent: AbsentPackages): RuledDeletions {
  return { delete: [], notDone: [{ action: 'delete', outcome, packages: absent.packages, reason }], absent };
}
