import { randomInt } from 'node:crypto';
import { RefusedError } from '../shared/errors';
import type { SecretVersion } from '../shared/webhook-secret/secret-versions';

/** The steps of a rotation, in their order (docs.aws.amazon.com/secretsmanager, Lambda rotation functions). */
export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type Step = (typeof STEPS)[number];

/**
 * Seconds from the making of a secret to the moment when a registry is given it. Each receiver looks for new secrets at most 3
 * seconds after its last look, so all of them know it by then; the rest is for Secrets Manager to tell the same to everybody.
 */
export const SETTLE_SECONDS = 15;

/** What a rotation does to the world. Every effect may be repeated. */
export interface RotationEffects {
  /** The stages of one of the secret's versions; undefined for a version that the secret does not have. */
  readonly stagesOf: (versionId: string) => Promise<readonly string[] | undefined>;
  readonly version: (versionId: string) => Promise<SecretVersion | undefined>;
  readonly current: () => Promise<SecretVersion>;
  readonly putPending: (versionId: string, value: string) => Promise<void>;
  /** Waits for so many seconds. */
  readonly wait: (seconds: number) => Promise<void>;
  /** Gives a secret to the webhooks of all models that are enrolled. */
  readonly renewWebhooks: (secret: string) => Promise<void>;
  /** Has a registry send a test delivery, and gives the status that it was answered, where it was answered at all. */
  readonly tryWebhook: () => Promise<number | undefined>;
  /** Writes down that a version is in use from now on. */
  readonly recordUse: (versionId: string) => Promise<void>;
  /** Makes a version the current one in place of another, which becomes the previous one. */
  readonly promote: (versionId: string, from: string) => Promise<void>;
  /** Takes the label of a pending version away. */
  readonly unlabel: (versionId: string) => Promise<void>;
}

/**
 * One step of a rotation of the webhook's secret, of which no delivery takes notice: receivers take a pending secret before a
 * registry signs with it, and the previous one for a day after. A step that failed, wherever it did, is done again from its
 * beginning, as Secrets Manager does it; a registry that is away keeps the secret that it has, and a rotation waits for it.
 *
 * @param versionId of the pending version, which the request calls its token
 * @throws RefusedError for a version that is not to be rotated to
 */
export async function rotate(step: Step, versionId: string, effects: RotationEffects): Promise<void> {
  const stages = await effects.stagesOf(versionId);
  const isCurrent = stages?.includes('AWSCURRENT') ?? false;
  if (!isCurrent && !stages?.includes('AWSPENDING')) {
    // A request that comes late must not put its version before a newer one.
    throw new RefusedError(`version ${versionId} is not pending: there is nothing to rotate to`);
  }
  switch (step) {
    case 'createSecret':
      return isCurrent ? undefined : create(versionId, effects);
    case 'setSecret':
      return isCurrent ? undefined : hand(versionId, effects);
    case 'testSecret':
      return test(effects);
    case 'finishSecret':
      return finish(versionId, stages ?? [], effects);
  }
}

/** A value that is there already may have reached a registry: it stays. */
async function create(versionId: string, { version, putPending }: RotationEffects): Promise<void> {
  if ((await version(versionId)) === undefined) {
    await putPending(versionId, newSecret());
  }
}

async function hand(versionId: string, effects: RotationEffects): Promise<void> {
  const secret = await secretOf(versionId, effects);
  await effects.wait(SETTLE_SECONDS);
  await effects.renewWebhooks(secret);
}

/** Only an answer tells something of the secret: a registry that reaches nobody is no better off with the old one. */
async function test({ tryWebhook }: RotationEffects): Promise<void> {
  const status = await tryWebhook();
  if (status === 401) {
    throw new RefusedError('a test delivery of the registry was refused (401): its signature is not of this secret');
  }
}

/**
 * Webhooks are given the secret once more, since an enrolment that read the secret before this rotation may have handed the old one
 * on after `setSecret`, and may have ended before it looked whether it still was the newest (`enrolment/with-newest.ts`).
 *
 * Last of all the version is no longer called pending. The label may stay where it is, but not once somebody puts a value of their
 * own: then it would be on an older version, which enrolments would take for the newest, and Secrets Manager for a rotation that is
 * not complete (docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot_rotation.html).
 */
async function finish(versionId: string, stages: readonly string[], effects: RotationEffects): Promise<void> {
  const secret = await secretOf(versionId, effects);
  if (!stages.includes('AWSCURRENT')) {
    const { id } = await effects.current();
    await effects.recordUse(versionId);
    await effects.promote(versionId, id);
  }
  await effects.renewWebhooks(secret);
  if (stages.includes('AWSPENDING')) {
    await effects.unlabel(versionId);
  }
}

async function secretOf(versionId: string, { version }: RotationEffects): Promise<string> {
  const found = await version(versionId);
  if (found === undefined) {
    throw new RefusedError(`version ${versionId} has no value yet`);
  }
  return found.value;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 48;

/** Like the one that the stack has generated: letters and digits, which every registry takes, of 285 bits. */
function newSecret(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
