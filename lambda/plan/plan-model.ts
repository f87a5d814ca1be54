import type { PlanResult } from '../shared/contracts';
import { isFresh } from '../shared/ledger/daily-look';
import { type Fingerprints, fingerprintsOf, type PlanContext } from '../shared/ledger/fingerprints';
import { groupNameOf } from '../shared/names/group-name';
import type { ListedPackage, ModelPackage } from '../shared/packages/model-package';
import type { ModelVersion } from '../shared/registry/registry';
import type { AbsentPackages, LedgerRecord, Verified } from '../shared/store/ledger';
import { type Plan, type PlanInput, plan } from './plan';
import { preflight } from './preflight';
import { takeRound } from './round';
import { type Asked, type RulingEffects, ruleOnGone } from './rule-on-gone';

/** What planning reads and writes. */
export interface Effects extends RulingEffects {
  readonly readLedger: () => Promise<LedgerRecord>;
  /** @returns the entry's revision; undefined where it was not written */
  readonly writeLedger: (before: LedgerRecord, verified: Verified) => Promise<number | undefined>;
  readonly strikeLedger: () => Promise<void>;
  /** Keeps what was met of packages whose versions the registry does not know; undefined where there are none. */
  readonly setAbsent: (absent: AbsentPackages | undefined) => Promise<void>;
  readonly isEnrolled: () => Promise<boolean>;
  /** The model's group as the listing shows it, every page. */
  readonly listPackages: () => Promise<ListedPackage[]>;
  /** The model's versions, every page. */
  readonly listVersions: () => Promise<ModelVersion[]>;
  readonly describePackages: (listed: readonly ListedPackage[]) => Promise<ModelPackage[]>;
  /** The listed versions, and those that packages speak of although no page had them. */
  readonly completeVersions: (
    versions: readonly ModelVersion[],
    packages: readonly ModelPackage[],
  ) => Promise<ModelVersion[]>;
  /** Looks into a version that is to be packed; throws RefusedError where it cannot be. */
  readonly prepare: (version: ModelVersion) => Promise<unknown>;
}

/** What a model's plan depends on besides what is read. */
export interface Planning extends PlanContext, Pick<PlanInput, 'isCurrent' | 'manual' | 'warningOf'> {}

/**
 * The plan of one model.
 *
 * A model that the ledger knows in exactly this state is not looked into: its plan is empty, by two listings alone. Any other is
 * read in full, and gets its entry when there is nothing to do, which counts once the sync has told of it. Before anything is done
 * the entry is struck, since the model may come back to the state that it speaks of while its packages' metadata do not.
 *
 * @param asked which sync of all asks, where one does
 */
export async function planModel(
  modelName: string,
  asked: Asked,
  planning: Planning,
  effects: Effects,
): Promise<PlanResult> {
  const groupName = groupNameOf(modelName);
  // Before everything else: an entry that is struck from here on must not be written anew.
  const before = await effects.readLedger();
  const enrolled = await effects.isEnrolled();
  const [listed, found] = await Promise.all([
    effects.listPackages(),
    // Stryker disable next-line ArrayDeclaration: the plan of a model that is not enrolled uses its packages only
    enrolled ? effects.listVersions() : [],
  ]);
  const known = before.verified;
  const seen = fingerprintsOf(planning, found, listed);
  if (enrolled && known !== undefined && isFresh(modelName, known.verifiedAt, effects.now()) && agree(known, seen)) {
    return {
      groupName,
      create: [],
      refused: [],
      update: [],
      delete: [],
      kept: known.kept,
      left: 0,
      looked: false,
    };
  }

  const packages = await effects.describePackages(listed);
  // Stryker disable next-line ArrayDeclaration: the plan of a model that is not enrolled uses its packages only
  const versions = enrolled ? await effects.completeVersions(found, packages) : [];
  const planned = plan({ ...planning, enrolled, versions, packages });
  let untold: number | undefined;
  if (enrolled && isEmpty(planned)) {
    untold = await effects.writeLedger(before, {
      ...fingerprintsOf(planning, versions, listed),
      verifiedAt: effects.now(),
      kept: planned.keep.length,
    });
  } else if (known !== undefined || before.untold !== undefined) {
    // Also one that does not count yet: the sync that wrote it may have let go of the model, and be about to make it count.
    await effects.strikeLedger();
  }
  // A plan makes packages of versions only that it was given.
  const checked = await preflight(planned.create, (number) =>
    effects.prepare(versions.find(({ version }) => version === number) as ModelVersion),
  );
  const ruled = await ruleOnGone(modelName, planned.gone, asked, before, effects);
  if (ruled.absent !== undefined || before.absent !== undefined || before.confirmedUntil !== undefined) {
    await effects.setAbsent(ruled.absent);
  }
  const refused = [...checked.refused, ...ruled.notDone];
  const { left, ...round } = takeRound({
    create: checked.create,
    update: planned.update,
    delete: [...planned.delete, ...ruled.delete],
  });
  return {
    ...{ groupName, ...round, refused, kept: planned.keep.length },
    left: left + checked.left,
    looked: true,
    untold,
  };
}

function agree(known: Fingerprints, seen: Fingerprints): boolean {
  return known.desired === seen.desired && known.present === seen.present;
}

function isEmpty({ create, update, delete: deletions, gone }: Plan): boolean {
  return [create, update, deletions, gone].every((actions) => actions.length === 0);
}
