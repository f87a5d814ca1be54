import type { ActionResult, Totals } from '../shared/contracts';
import { SYNC_DURATION } from '../shared/metric-names';
import type { Measured } from '../shared/metrics';

/** A round of a sync, as its model is released. */
export interface MeasuredRound {
  readonly modelName: string;
  /** ARN of the execution. */
  readonly execution: string;
  /** When the execution began, ISO 8601. */
  readonly startedAt?: string;
  /** Name of the full sync that started it; absent where a webhook, an enrolment or a person asked for this model. */
  readonly fullSync?: string;
  readonly results: readonly ActionResult[];
  /** Over all rounds so far. */
  readonly totals: Pick<Totals, 'created' | 'updated' | 'deleted' | 'failed' | 'blocked' | 'waiting'>;
  /** True after the execution's last round. */
  readonly ended: boolean;
}

/**
 * What is measured after a round: what was swept each time, and the sums once, at the end. Zeros are left out, since a metric costs
 * by the hours in which it has data.
 *
 * @param now milliseconds since the epoch
 */
export function measuredRound(round: MeasuredRound, now: number): Measured {
  const { modelName, execution, results, ended } = round;
  const sweepsFailed = results.filter(({ action, outcome }) => action === 'sweep' && outcome === 'failed').length;
  return {
    counts: { ...(sweepsFailed > 0 ? { SweepsFailed: sweepsFailed } : {}), ...(ended ? sums(round) : {}) },
    durations: ended ? duration(round, now) : {},
    about: { model: modelName, execution },
  };
}

function sums({ totals, fullSync }: MeasuredRound): Measured['counts'] {
  const { created, updated, deleted, failed, blocked, waiting } = totals;
  const counts = {
    PackagesCreated: created,
    PackagesUpdated: updated,
    PackagesDeleted: deleted,
    PackagesFailed: failed,
    PackagesBlocked: blocked,
    PackagesWaiting: waiting,
  };
  const counted = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  return { ...counted, ...(fullSync === undefined ? {} : foundBySchedule(totals.created + totals.updated)) };
}

function foundBySchedule(changes: number): Measured['counts'] {
  return changes === 0 ? {} : { ChangesFoundBySchedule: changes };
}

/** Of syncs that changed something: the many that find nothing to do would hide how long work takes. */
function duration({ totals, startedAt }: MeasuredRound, now: number): Record<string, number> {
  const begun = Date.parse(startedAt ?? '');
  return changesOf(totals) === 0 || Number.isNaN(begun) ? {} : { [SYNC_DURATION]: Math.max(0, now - begun) };
}

function changesOf({ created, updated, deleted }: MeasuredRound['totals']): number {
  return created + updated + deleted;
}
