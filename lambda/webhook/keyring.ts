import type { SecretVersion, Stage } from '../shared/webhook-secret/secret-versions';

/**
 * Seconds for which the previous secret is taken after it was replaced. MLflow keeps a webhook in memory for a minute and a
 * delivery for as long as a Retry-After says, 6 hours at most; Databricks does not say for how long it tries.
 */
export const GRACE_SECONDS = 24 * 60 * 60;
/** Seconds for which the current secret is remembered: once replaced twice, it is refused after them at the latest. */
export const REMEMBERED_SECONDS = 60;
/** Seconds between two looks for other secrets, so that forged deliveries cannot make one each. */
export const LOOK_SECONDS = 3;

/** What the keyring needs of the world. */
export interface KeyringSource {
  readonly current: () => Promise<SecretVersion>;
  readonly at: (stage: Stage) => Promise<SecretVersion | undefined>;
  /** Since when a version is the current one, in seconds since the epoch; undefined where nobody wrote that down. */
  readonly since: (versionId: string) => Promise<number | undefined>;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** The secrets that a delivery may be signed with. */
export interface Keyring {
  /** The current one, which nearly all deliveries are signed with. */
  readonly current: () => Promise<string>;
  /** All that are taken, as of {@link LOOK_SECONDS} ago at the latest: a rotation waits longer before it gives a new one to registries. */
  readonly all: () => Promise<readonly string[]>;
}

interface Look {
  readonly pending: SecretVersion | undefined;
  readonly current: SecretVersion;
  readonly previous: SecretVersion | undefined;
  /** When the current one replaced the previous one. */
  readonly replacedAt: number;
}

/** Reads one secret a minute while deliveries are signed with the current one, and the others only for those that are not. */
export function openKeyring(source: KeyringSource): Keyring {
  let remembered: { readonly at: number; readonly secret: Promise<string> } | undefined;
  let latest: { readonly at: number; readonly look: Promise<Look> } | undefined;
  return {
    current: () => {
      const now = source.now();
      if (remembered === undefined || isOver(remembered.at, REMEMBERED_SECONDS, now)) {
        const secret = source.current().then(({ value }) => value);
        remembered = { at: now, secret };
        secret.catch(() => {
          remembered = undefined;
        });
      }
      return remembered.secret;
    },
    all: async () => {
      const now = source.now();
      if (latest === undefined || isOver(latest.at, LOOK_SECONDS, now)) {
        latest = { at: now, look: look(source) };
      }
      const { at } = latest;
      const { pending, current, previous, replacedAt } = await latest.look;
      remembered = { at, secret: Promise.resolve(current.value) };
      const taken = source.now() < replacedAt + GRACE_SECONDS ? [current, pending, previous] : [current, pending];
      return [...new Set(taken.flatMap((version) => version?.value ?? []))];
    },
  };
}

/** A clock that was put back is no reason to remember for longer. */
function isOver(since: number, seconds: number, now: number): boolean {
  return Math.abs(now - since) >= seconds;
}

/** Reads the stages in the order in which a value passes through them, so that one which moves on meanwhile is met at the next. */
async function look({ current: readCurrent, at, since }: KeyringSource): Promise<Look> {
  const pending = await at('AWSPENDING');
  const current = await readCurrent();
  const previous = await at('AWSPREVIOUS');
  // A secret that was put by hand is current from its making; and nothing is replaced before both are there.
  const replacedAt =
    previous === undefined ? 0 : Math.max(current.createdAt, previous.createdAt, (await since(current.id)) ?? 0);
  return { pending, current, previous, replacedAt };
}
