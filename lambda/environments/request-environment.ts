import { messageOf, RefusedError, TransientError } from '../shared/errors';
import {
  type BuildRecord,
  decide,
  type EnvironmentRequest,
  ended,
  isAwaited,
  lost,
  NO_REPORT,
  started,
  USE_MS,
  waitsFor,
  withModel,
} from './build-record';
import type { StoredBuild } from './environment-builds';
import type { BuildReport } from './environment-files';

/** Conditional writes that may fail one after another: each failure means that somebody else got on. */
const TRIES = 20;
/** CodeBuild's error when an account runs as many builds as it may (API_StartBuild). */
const LIMIT = 'AccountLimitExceededException';

/** What a request for an environment reads and writes. */
export interface Effects {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly read: () => Promise<StoredBuild>;
  /** @returns undefined where the record was not any more as `before` says */
  readonly write: (before: StoredBuild, record: BuildRecord) => Promise<StoredBuild | undefined>;
  /** The image's URI with its digest; undefined where ECR does not have it. */
  readonly findImage: () => Promise<string | undefined>;
  /** The last report of a build. */
  readonly report: () => Promise<BuildReport | undefined>;
  /** Puts what the build reads into S3. */
  readonly saveFiles: () => Promise<void>;
  /** Starts a build: one for the same token. @returns its id */
  readonly startBuild: (token: string) => Promise<string>;
}

/** The image to be used, or why the model waits. */
export type EnvironmentAnswer = { readonly image: string } | { readonly waits: string };

/**
 * The image of an environment. Where there is none, one request starts a build, whoever else asks at the same time; all of them
 * wait, and their models are written down, so that the build's end can start their syncs.
 *
 * A report that nobody acted upon, since its event was lost, is acted upon here.
 *
 * @throws RefusedError where the environment cannot be built, with the reason and the fix
 */
export async function requestEnvironment(
  digest: string,
  request: EnvironmentRequest,
  effects: Effects,
): Promise<EnvironmentAnswer> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await effects.read();
    const settled = await settle(stored, effects);
    if (settled !== undefined) {
      await effects.write(stored, settled);
      continue;
    }
    const answer = await answerTo(digest, stored, request, effects);
    if (answer !== undefined) {
      return answer;
    }
  }
  throw new TransientError(`the record of environment ${digest} changes all the time`);
}

/** The record after the end of a build of which no event told; undefined where it builds on, or no build is awaited. */
async function settle({ record }: StoredBuild, effects: Effects): Promise<BuildRecord | undefined> {
  if (record?.state !== 'building') {
    return undefined;
  }
  const report = await effects.report();
  if (report !== undefined && isAwaited(record, report.build)) {
    return ended(record, report.build, report.result, effects.now());
  }
  return record.expiresAt <= effects.now() ? lost(record, effects.now()) : undefined;
}

/** @returns undefined where somebody else wrote the record meanwhile */
async function answerTo(
  digest: string,
  stored: StoredBuild,
  request: EnvironmentRequest,
  effects: Effects,
): Promise<EnvironmentAnswer | undefined> {
  const decision = decide(digest, stored.record, request, effects.now());
  switch (decision.kind) {
    case 'refuse':
      throw new RefusedError(decision.reason);
    case 'later':
      throw new TransientError(decision.reason);
    case 'wait':
      return (await join(stored, request.modelName, effects)) ? { waits: decision.reason } : undefined;
    case 'build':
      return build(digest, stored, request, decision.attempts, effects);
    case 'image': {
      const image = await effects.findImage();
      if (image === undefined) {
        return build(digest, stored, request, 1, effects);
      }
      return (await use(stored, request, effects)) ? { image } : undefined;
    }
  }
}

/** Adds a model to those that wait. */
async function join(stored: StoredBuild, modelName: string, effects: Effects): Promise<boolean> {
  const { record } = stored;
  const joined = record && withModel(record, modelName);
  return joined === undefined || joined === record || (await effects.write(stored, joined)) !== undefined;
}

/** Writes down that an image is used, before a package names it: the sweep then leaves it alone. */
async function use(stored: StoredBuild, { owner }: EnvironmentRequest, effects: Effects): Promise<boolean> {
  const { record } = stored;
  const now = effects.now();
  if (record?.state === 'ready' && now - (record.usedAt ?? 0) < USE_MS / 2) {
    return true;
  }
  // An image without a record: somebody restored the table.
  const base = record ?? started({ owner, token: '', attempts: 1, models: [], previousBuildId: undefined }, now);
  return (await effects.write(stored, { ...base, state: 'ready', usedAt: now })) !== undefined;
}

async function build(
  digest: string,
  stored: StoredBuild,
  request: EnvironmentRequest,
  attempts: number,
  effects: Effects,
): Promise<EnvironmentAnswer | undefined> {
  const goesOn = stored.record?.state === 'building';
  const mine = goesOn ? stored : await take(digest, stored, request, attempts, effects);
  if (mine?.record === undefined) {
    return undefined;
  }
  const { record } = mine;
  try {
    const buildId = await effects.startBuild(record.token);
    await change(record.token, (latest) => ({ ...latest, buildId }), effects);
  } catch (error) {
    // Without an answer, or in a second try, there may be a build: its report, or the expiry, settles the record.
    if (!goesOn && wasAnswered(error)) {
      await change(record.token, (latest) => notStarted(latest, messageOf(error), effects.now()), effects);
    }
    if (error instanceof Error && error.name === LIMIT) {
      return { waits: `waits for environment ${digest.slice(0, 8)}: ${error.message}` };
    }
    throw error;
  }
  return { waits: waitsFor(digest, record) };
}

/** Makes a build this request's own: of several that try at once, one succeeds. */
async function take(
  digest: string,
  stored: StoredBuild,
  { modelName, owner }: EnvironmentRequest,
  attempts: number,
  effects: Effects,
): Promise<StoredBuild | undefined> {
  const { record } = stored;
  // Before the write, since nothing should take time after it. All who save these files save the same.
  await effects.saveFiles();
  const report = await effects.report();
  const next = started(
    {
      owner,
      attempts,
      token: `${digest}-${stored.revision + 1}`,
      previousBuildId: report?.build ?? record?.buildId,
      models: record?.models ?? [],
    },
    effects.now(),
  );
  return effects.write(stored, withModel(next, modelName));
}

/** Changes the record of a build that has no name yet. Others may have joined meanwhile, and the build may even have ended. */
async function change(token: string, to: (record: BuildRecord) => BuildRecord, effects: Effects): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await effects.read();
    const { record } = stored;
    if (record?.token !== token || record.state !== 'building' || record.buildId !== undefined) {
      return;
    }
    if ((await effects.write(stored, to(record))) !== undefined) {
      return;
    }
  }
}

/** The record of a build that CodeBuild refused to start: the next request starts it at once. */
function notStarted(record: BuildRecord, why: string, now: number): BuildRecord {
  const failure = { ...NO_REPORT, reason: `CodeBuild did not start the build: ${why}` };
  return { ...ended(record, undefined, failure, now), attempts: 0, retryAt: now };
}

function wasAnswered(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500;
}
