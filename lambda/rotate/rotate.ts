import { randomInt } from 'node:crypto';
import { RefusedError } from '../shared/errors';

/** The steps of a rotation, in their order (docs.aws.amazon.com/secretsmanager, Lambda rotation functions). */
export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type Step = (typeof STEPS)[number];

/** What a rotation does to the world. Every effect may be repeated. */
export interface RotationEffects {
  /** The stages of the secret's versions, by the versions' ids. */
  readonly stages: () => Promise<Readonly<Record<string, readonly string[]>>>;
  /** The value of a version; undefined where it was given none yet. */
  readonly value: (versionId: string) => Promise<string | undefined>;
  readonly putPending: (versionId: string, value: string) => Promise<void>;
  /** Makes a version the current one in place of another, which becomes the previous one. */
  readonly promote: (versionId: string, from: string) => Promise<void>;
  /** Gives a secret to the webhooks of all enrolled models. */
  readonly renewWebhooks: (secret: string) => Promise<void>;
  /** Removes the label of a pending version. */
  readonly unlabel: (versionId: string) => Promise<void>;
}

/**
 * One step of a rotation of the webhook secret. A registry gets the new secret after receivers accept it, so `setSecret` and
 * `testSecret` have nothing to do. Secrets Manager repeats a failed rotation from `createSecret`.
 *
 * @param versionId of the pending version, which the request calls its token
 * @throws RefusedError for a version that is not to be rotated to
 */
export async function rotate(step: Step, versionId: string, effects: RotationEffects): Promise<void> {
  const stages = await effects.stages();
  const own = stages[versionId] ?? [];
  if (!own.includes('AWSCURRENT') && !own.includes('AWSPENDING')) {
    // A late request must not put its version before a newer one.
    throw new RefusedError(`version ${versionId} is not pending: there is nothing to rotate to`);
  }
  const current = Object.keys(stages).find((id) => stages[id]?.includes('AWSCURRENT')) ?? '';
  if (step === 'createSecret') {
    await create(versionId, current, effects);
  }
  if (step === 'finishSecret') {
    await finish(versionId, current, effects);
    if (own.includes('AWSPENDING')) {
      // A value that a person sets later would leave the label on an older version: to Secrets Manager, a rotation that has not
      // ended (docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot_rotation.html).
      await effects.unlabel(versionId);
    }
  }
}

/**
 * Every attempt begins here. Webhooks get the current secret once more: a registry that does not answer, or does not let its webhooks
 * be changed, fails the rotation before anything changes.
 */
async function create(versionId: string, current: string, effects: RotationEffects): Promise<void> {
  await effects.renewWebhooks(await secretOf(current, effects));
  if ((await effects.value(versionId)) === undefined) {
    await effects.putPending(versionId, newSecret());
  }
}

/** A failure after `promote` leaves webhooks with the previous secret, which receivers accept for a day. */
async function finish(versionId: string, current: string, effects: RotationEffects): Promise<void> {
  const secret = await secretOf(versionId, effects);
  if (versionId !== current) {
    await effects.promote(versionId, current);
  }
  await effects.renewWebhooks(secret);
}

async function secretOf(versionId: string, { value }: RotationEffects): Promise<string> {
  const secret = await value(versionId);
  if (secret === undefined) {
    throw new RefusedError(`version ${versionId} has no value yet`);
  }
  return secret;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 48;

/** Like the one that the stack has generated: letters and digits, which every registry takes, of 285 bits. */
function newSecret(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
