import { atOnce } from '../shared/at-once';
import { TransientError } from '../shared/errors';
import { ATTEMPTS_MAX, type BuildRecord, ended, isAwaited, NO_REPORT } from './build-record';
import type { StoredBuild } from './environment-builds';
import type { BuildReport } from './environment-files';

const TRIES = 20;
const STARTS_AT_ONCE = 4;

/** What the end of a build reads and writes. */
export interface Effects {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly read: () => Promise<StoredBuild>;
  /** @returns undefined where the record was not any more as `before` says */
  readonly write: (before: StoredBuild, record: BuildRecord) => Promise<StoredBuild | undefined>;
  readonly report: () => Promise<BuildReport | undefined>;
  /** Starts a model's sync, once for each build. */
  readonly startSync: (modelName: string) => Promise<void>;
}

/**
 * Settles the record of an environment after a build's end, and starts one sync for each waiting model. Repeated calls start no
 * second sync, and one that died is gone on with.
 *
 * @returns the models whose syncs were started
 */
export async function endBuild(buildId: string, effects: Effects): Promise<readonly string[]> {
  const stored = await settled(buildId, effects);
  if (stored?.record === undefined || !wakes(stored.record)) {
    return [];
  }
  const { models } = stored.record;
  await atOnce(STARTS_AT_ONCE, models, effects.startSync);
  await forget(buildId, models, effects);
  return models;
}

/** The record after this build; undefined where it is about another build. */
async function settled(buildId: string, effects: Effects): Promise<StoredBuild | undefined> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await effects.read();
    const { record } = stored;
    if (record === undefined || !isAwaited(record, buildId)) {
      return record?.buildId === buildId ? stored : undefined;
    }
    const report = await effects.report();
    const result = report?.build === buildId ? report.result : NO_REPORT;
    const written = await effects.write(stored, ended(record, buildId, result, effects.now()));
    if (written !== undefined) {
      return written;
    }
  }
  throw new TransientError(`the record of build ${buildId} changes all the time`);
}

/** Before a pause, a sync would only wait again: the hourly sync builds again after it. */
function wakes({ state, cause, attempts }: BuildRecord): boolean {
  return state === 'ready' || (state === 'failed' && !(cause === 'passing' && attempts < ATTEMPTS_MAX));
}

async function forget(buildId: string, models: readonly string[], effects: Effects): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await effects.read();
    const { record } = stored;
    if (record === undefined || record.buildId !== buildId || record.state === 'building') {
      return;
    }
    const left = record.models.filter((one) => !models.includes(one));
    if ((await effects.write(stored, { ...record, models: left })) !== undefined) {
      return;
    }
  }
}
