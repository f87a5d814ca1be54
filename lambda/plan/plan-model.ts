import type { PlanResult } from '../shared/contracts';
import { isFresh } from '../shared/ledger/daily-look';
import { type Fingerprints, fingerprintsOf, type PlanContext } from '../shared/ledger/fingerprints';
import { groupNameOf } from '../shared/names/group-name';
import type { ListedPackage, ModelPackage } from '../shared/packages/model-package';
import { supersededAt } from '../shared/packages/superseded';
import type { ModelVersion } from '../shared/registry/registry';
import type { Absences, LedgerRecord } from '../shared/store/ledger';
import { protectDeletions } from './deletion-protection';
import { type Evaluation, type Prepared, reevaluate } from './earlier-rule';
import { type Plan, type PlanInput, plan } from './plan';
import { preflight } from './preflight';
import { takeRound } from './round';

/** What planning reads and writes. */
export interface Effects {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly readLedger: () => Promise<LedgerRecord>;
  /** @returns the record's new revision */
  readonly strikeLedger: () => Promise<number>;
  /** Stores the clocks of packages whose versions MLflow does not list, unless the record has another revision by now. */
  readonly setAbsences: (absences: Absences | undefined, revision: number) => Promise<void>;
  /** Whether MLflow lists no model at all. */
  readonly registryIsEmpty: () => Promise<boolean>;
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
  /** When the newest run of the model's pipeline that succeeded began; undefined if none did, now if there is no pipeline. */
  readonly succeededRun: () => Promise<number | undefined>;
  /** Looks into a version that is to be packed; throws RefusedError where it cannot be. */
  readonly prepare: (version: ModelVersion) => Promise<Prepared>;
}

/** What a model's plan depends on besides what is read. */
export interface Planning extends PlanContext, Pick<PlanInput, 'manual' | 'warningOf'>, Evaluation {
  /** How long a version must be absent before its package is deleted, in milliseconds. */
  readonly waitMs: number;
  /** How long a superseded package is kept at least, in milliseconds. */
  readonly supersededMs: number;
}

/**
 * The plan of one model.
 *
 * A model that the ledger knows in exactly this state is not looked into: its plan is empty, by two listings alone. Any other is
 * read in full. If there is nothing to do, the result has its entry, to be written once the event is published. Before anything
 * is done the entry is struck, since the model may come back to the state that it speaks of while its packages' metadata do not.
 */
export async function planModel(modelName: string, planning: Planning, effects: Effects): Promise<PlanResult> {
  const groupName = groupNameOf(modelName);
  // Before everything else: if an entry is struck from here on, this plan's is not written.
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
  const prepare = once(effects.prepare);
  const { confirmed, waiting, left: unevaluated } = await reevaluate(planning, versions, packages, prepare);
  const supersededUntil = await noLongerNeeded(planning.supersededMs, packages, effects);
  const planned = plan({
    ...{ ...planning, enrolled, versions, packages, confirmed, supersededUntil },
    isCurrent: (version, one) =>
      confirmed.has(one.arn) || waiting.has(one.arn) || planning.currencyOf(version, one) === 'current',
  });
  const inOrder = enrolled && isEmpty(planned) && waiting.size === 0;
  // Even if there is no entry: a sync that lost its lease may be about to write one.
  const revision = inOrder ? before.revision : await effects.strikeLedger();
  // A plan makes packages of versions only that it was given.
  const checked = await preflight(planned.create, (number) =>
    prepare(versions.find(({ version }) => version === number) as ModelVersion),
  );
  const ruled = protectDeletions(modelName, planned.gone, before, {
    now: effects.now(),
    waitMs: planning.waitMs,
    registryIsEmpty: planned.gone.length > 0 && (await effects.registryIsEmpty()),
  });
  if ([ruled.absences, before.absences, before.confirmedUntil].some((one) => one !== undefined)) {
    await effects.setAbsences(ruled.absences, revision);
  }
  const refused = [...checked.refused, ...ruled.blocked];
  const { left, ...round } = takeRound({
    create: checked.create,
    update: planned.update,
    delete: [...planned.delete, ...ruled.delete],
  });
  const kept = planned.keep.length;
  return {
    ...{ groupName, ...round, refused, kept },
    left: left + checked.left + unevaluated,
    looked: true,
    ...(inOrder
      ? { entry: { ...fingerprintsOf(planning, versions, listed), verifiedAt: effects.now(), kept, revision } }
      : {}),
  };
}

/** A version's files never change: one look is enough for all that a plan asks. */
function once(prepare: Effects['prepare']): Effects['prepare'] {
  const prepared = new Map<ModelVersion, Promise<Prepared>>();
  return (version) => {
    const known =
      prepared.get(version) ??
      prepare(version).then(({ image, packing }) => ({ ...(image === undefined ? {} : { image }), packing }));
    prepared.set(version, known);
    return known;
  };
}

/**
 * Until when superseded packages can be deleted: some time has passed, and a run that began later has succeeded, so nothing is left
 * that CloudFormation could roll back. The pipeline is asked only if there is such a package.
 */
async function noLongerNeeded(
  supersededMs: number,
  packages: readonly ModelPackage[],
  effects: Pick<Effects, 'now' | 'succeededRun'>,
): Promise<number | undefined> {
  const until = effects.now() - supersededMs;
  const isDue = packages.some(({ metadata }) => (supersededAt(metadata) ?? Number.POSITIVE_INFINITY) <= until);
  const run = isDue ? await effects.succeededRun() : undefined;
  return run === undefined ? undefined : Math.min(until, run);
}

function agree(known: Fingerprints, seen: Fingerprints): boolean {
  return known.desired === seen.desired && known.present === seen.present;
}

function isEmpty({ create, update, delete: deletions, gone }: Plan): boolean {
  return [create, update, deletions, gone].every((actions) => actions.length === 0);
}
