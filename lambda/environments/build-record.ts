import type { BuildResult } from './environment-files';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long CodeBuild lets a build run, and how long it lets one wait for its turn: the project has these limits. */
export const BUILD_MINUTES = 30;
export const QUEUED_MINUTES = 30;
/** A build that has not reported by then is over. It covers both limits, and the time in which CodeBuild makes a machine. */
const REPORTS_WITHIN_MS = (BUILD_MINUTES + QUEUED_MINUTES + 10) * MINUTE_MS;
/** Builds in a row that fail for reasons that pass. */
export const ATTEMPTS_MAX = 3;
/** An index that is down for a minute is back by then. */
const PAUSE_MS = 10 * MINUTE_MS;
/** A day later an index may have what it lacked. */
const RETRY_AFTER_MS = 24 * HOUR_MS;
/** An item has 400 KB (dynamodb ServiceQuotas). The hourly sync finds the models that had no room. */
const MODELS_MAX = 400;
/** Characters of a builder's reason in an outcome, which state machines and logs can hold; result.json has all of it. */
const REASON_MAX = 500;
/** The sweep deletes no image that was used within this time. It covers the longest creation of a package. */
export const USE_MS = 24 * HOUR_MS;
/** CodeBuild knows a token for five minutes (API_StartBuild, idempotencyToken). */
const TOKEN_MS = 4 * MINUTE_MS;

/** What is known of the builds of one environment. Times are milliseconds since the epoch. */
export interface BuildRecord {
  /** `deleting`: the sweep is about to delete its image. */
  readonly state: 'building' | 'ready' | 'failed' | 'deleting';
  /** Who started the build: an execution and the moment in which its state was entered. All tries of that state have the same. */
  readonly owner: string;
  /** CodeBuild starts one build for one token. */
  readonly token: string;
  /** Absent until CodeBuild has named the build. */
  readonly buildId?: string;
  /** The build before this one, whose report does not count any more. */
  readonly previousBuildId?: string;
  readonly startedAt: number;
  /** When a build that did not report is over. */
  readonly expiresAt: number;
  /** Builds in a row, this one included, that failed for a reason that passes. */
  readonly attempts: number;
  readonly cause?: BuildFailure['cause'];
  readonly reason?: string;
  readonly fix?: string;
  /** When a failed build may be repeated. */
  readonly retryAt?: number;
  /** When the image was last given to a package, give or take half of {@link USE_MS}. */
  readonly usedAt?: number;
  /** Models that wait for the end of the build. */
  readonly models: readonly string[];
}

/** Why a build failed: only `passing` can be better at the next try. */
export type BuildFailure = Extract<BuildResult, { state: 'failed' }>;

/** What is asked for an environment. */
export interface EnvironmentRequest {
  readonly modelName: string;
  /** See {@link BuildRecord.owner}. */
  readonly owner: string;
  /** A person wants failed builds to be repeated. */
  readonly retry: boolean;
}

/** What is to be done for a model that needs an environment. */
export type Decision =
  /** The image can be used, if it is in ECR. */
  | { readonly kind: 'image' }
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'refuse'; readonly reason: string }
  /** Something that takes seconds is under way. */
  | { readonly kind: 'later'; readonly reason: string }
  /** This request, and no other one, starts a build. */
  | { readonly kind: 'build'; readonly attempts: number };

/** Decides by the record alone. Whether an image is there is looked up only where that matters. */
export function decide(
  digest: string,
  record: BuildRecord | undefined,
  request: EnvironmentRequest,
  now: number,
): Decision {
  const name = nameOf(digest);
  switch (record?.state) {
    case undefined:
    case 'ready':
      return { kind: 'image' };
    case 'deleting':
      // After its time, whoever deletes it is dead: what is in ECR decides.
      return record.expiresAt <= now
        ? { kind: 'image' }
        : { kind: 'later', reason: `the old image of ${name} is being deleted` };
    case 'building':
      // A try of this same state died before it heard from CodeBuild: with the same token there is no second build.
      return record.buildId === undefined && record.owner === request.owner && now - record.startedAt < TOKEN_MS
        ? { kind: 'build', attempts: record.attempts }
        : { kind: 'wait', reason: waitsFor(digest, record) };
    case 'failed':
      return decideFailed(name, record, request, now);
  }
}

function decideFailed(name: string, record: BuildRecord, { retry }: EnvironmentRequest, now: number): Decision {
  const { cause, reason = '', fix = '', attempts, retryAt = 0 } = record;
  const again = cause === 'passing' && attempts < ATTEMPTS_MAX;
  if (retry || retryAt <= now) {
    return { kind: 'build', attempts: again && !retry ? attempts + 1 : 1 };
  }
  if (again) {
    return { kind: 'wait', reason: `waits for ${name}, which is built again after ${clock(retryAt)}: ${reason}` };
  }
  return {
    kind: 'refuse',
    // The fix comes first: outputs show the beginning of a reason.
    reason:
      `${name} cannot be built.${fix === '' ? '' : ` Fix: ${sentence(fix)}`} It is built again when the requirements change, after ` +
      `${new Date(retryAt).toISOString()}, or by a sync with "retryEnvironments": true. Reason: ${reason.slice(0, REASON_MAX)}`,
  };
}

/** Why a model waits whose environment is being built. */
export function waitsFor(digest: string, { startedAt }: BuildRecord): string {
  return `waits for ${nameOf(digest)}, building since ${clock(startedAt)}`;
}

/** What is known of a build before it is started. */
export interface NewBuild extends Pick<BuildRecord, 'owner' | 'token' | 'attempts' | 'models'> {
  readonly previousBuildId: string | undefined;
}

/** The record of a build that is about to be started. */
export function started({ previousBuildId, ...build }: NewBuild, now: number): BuildRecord {
  return {
    state: 'building',
    ...build,
    ...(previousBuildId === undefined ? {} : { previousBuildId }),
    startedAt: now,
    expiresAt: now + REPORTS_WITHIN_MS,
  };
}

/** The record after the build's end. */
export function ended(record: BuildRecord, buildId: string | undefined, result: BuildResult, now: number): BuildRecord {
  const { cause: _cause, reason: _reason, fix: _fix, retryAt: _retryAt, ...others } = record;
  const named = { ...others, ...(buildId === undefined ? {} : { buildId }) };
  if (result.state === 'ready') {
    return { ...named, state: 'ready' };
  }
  const { cause, reason, fix } = result;
  const pause = cause === 'passing' && record.attempts < ATTEMPTS_MAX ? PAUSE_MS : RETRY_AFTER_MS;
  return { ...named, state: 'failed', cause, reason, fix, retryAt: now + pause };
}

/** The record of a build that never reported. It is repeated at once, as often as others that fail for reasons that pass. */
export function lost(record: BuildRecord, now: number): BuildRecord {
  const after = ended(record, undefined, NO_REPORT, now);
  return record.attempts < ATTEMPTS_MAX ? { ...after, retryAt: now } : after;
}

/** Whether a build's report is about the build that the record is waiting for. */
export function isAwaited({ state, buildId, previousBuildId }: BuildRecord, reported: string): boolean {
  return state === 'building' && (buildId === undefined ? reported !== previousBuildId : reported === buildId);
}

/** What is taken for the result of a build that never reported. */
export const NO_REPORT: BuildFailure = {
  state: 'failed',
  cause: 'passing',
  reason: `the build ended without a report, or did not report within ${REPORTS_WITHIN_MS / MINUTE_MS} minutes`,
  fix: '',
};

/** The record with one more waiting model; the same record where it knows that model or has no room. */
export function withModel(record: BuildRecord, modelName: string): BuildRecord {
  const { models } = record;
  return models.includes(modelName) || models.length >= MODELS_MAX
    ? record
    : { ...record, models: [...models, modelName] };
}

function nameOf(digest: string): string {
  return `environment ${digest.slice(0, 8)}`;
}

/** Hours and minutes, UTC, as the outcome of a sync shows them. */
function clock(time: number): string {
  return new Date(time).toISOString().slice(11, 16);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
