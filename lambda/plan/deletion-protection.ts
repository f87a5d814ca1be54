import { packageVersion } from '../../product-template/lib/deployable/deployable';
import type { ActionResult, DeleteAction } from '../shared/contracts';
import type { Absences, LedgerRecord } from '../shared/store/ledger';

/**
 * Each blocked package is a result of its own up to this number. One more result stands for the others. An output has room for
 * twenty, and failures need some of it.
 */
const BLOCKED_RESULTS_MAX = 9;

/** A package whose version MLflow does not list. */
export interface AbsentPackage extends DeleteAction {
  /** Version that the package belongs to. */
  readonly version: string;
}

/** What deletion protection depends on besides the packages. */
export interface Protection {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How long a version must be absent at every look before its package is deleted, in milliseconds. */
  readonly waitMs: number;
  /** True if MLflow lists no model at all. */
  readonly registryIsEmpty: boolean;
}

/** The packages to delete, those that stay, and the clocks to store. */
export interface ProtectedDeletions {
  readonly delete: readonly DeleteAction[];
  readonly blocked: readonly ActionResult[];
  /** Undefined if no package's version is absent. */
  readonly absences: Absences | undefined;
}

/**
 * Decides when the packages of versions that MLflow does not list are deleted: once every look for the waiting time found the
 * version absent, or a person confirmed it. A deleted version, a wrong server, a revoked permission and a restored backup look
 * the same here. Archived versions do not come here: MLflow still lists them.
 *
 * A package without a clock starts one. A clock that no absent package asks for is dropped, so a version that appears again
 * starts from zero. An empty registry starts no clock and ends none: it is more likely the wrong one.
 *
 * @param absent packages of one model whose versions MLflow did not return, neither in a list nor by number
 */
export function protectDeletions(
  modelName: string,
  absent: readonly AbsentPackage[],
  { absences: known = {}, confirmedUntil = 0 }: LedgerRecord,
  { now, waitMs, registryIsEmpty }: Protection,
): ProtectedDeletions {
  if (absent.length === 0) {
    return { delete: [], blocked: [], absences: undefined };
  }
  const clocks = absent.map((one) => {
    // A package's number in its group, which is shorter than its ARN.
    const key = packageVersion(one.packageArn);
    return { one, key, since: known[key] ?? (registryIsEmpty ? undefined : now) };
  });
  const isDue = (since: number | undefined) =>
    now < confirmedUntil || (!registryIsEmpty && since !== undefined && now - since >= waitMs);
  const blocked = clocks
    .filter(({ since }) => !isDue(since))
    .map(({ one, since }) => blockedResult(modelName, one, registryIsEmpty ? undefined : (since ?? now) + waitMs));
  return {
    delete: clocks.filter(({ since }) => isDue(since)).map(({ one }) => one),
    blocked: summarized(blocked),
    absences: Object.fromEntries(clocks.flatMap(({ key, since }) => (since === undefined ? [] : [[key, since]]))),
  };
}

function blockedResult(
  modelName: string,
  { packageArn, version }: AbsentPackage,
  deleteAt: number | undefined,
): ActionResult {
  const confirm = `start the state machine with ${JSON.stringify({ modelName, confirmDeletions: true })}`;
  const deletesAt = deleteAt === undefined ? undefined : new Date(deleteAt).toISOString();
  const reason =
    deletesAt === undefined
      ? `MLflow lists no models at all. Check that the registry's secret names the right server. The package stays; to delete it, ${confirm}`
      : `MLflow no longer lists the version ${version} of ${modelName} that this package was made from. It is deleted at ` +
        `${deletesAt} unless the version appears again. To delete it now, ${confirm}`;
  return {
    ...{ action: 'delete', outcome: 'blocked', version, packageArn, reason },
    ...(deletesAt === undefined ? {} : { deletesAt }),
  };
}

/** The first to go come first. Results travel in the state machine's state, which holds 256 KiB. */
function summarized(blocked: readonly ActionResult[]): ActionResult[] {
  const sorted = [...blocked].sort((a, b) => ((a.deletesAt ?? '') < (b.deletesAt ?? '') ? -1 : 1));
  const others = sorted.length - BLOCKED_RESULTS_MAX;
  return others <= 0
    ? sorted
    : [
        ...sorted.slice(0, BLOCKED_RESULTS_MAX),
        {
          action: 'delete',
          outcome: 'blocked',
          packages: others,
          reason: `${others} more packages, which are deleted later`,
        },
      ];
}
