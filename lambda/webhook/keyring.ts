import type { SecretVersion } from '../shared/webhook-secret/secret-versions';

/** Seconds for which the previous secret is accepted, from the creation of the current one. */
export const GRACE_SECONDS = 24 * 60 * 60;
/**
 * Seconds for which both secrets are cached, so that forged deliveries cause few reads. After a rotation, a receiver refuses the new
 * secret for as long, and accepts a secret that was replaced twice.
 */
export const CACHE_SECONDS = 10;

/** What the keyring needs of the world. */
export interface KeyringSource {
  readonly current: () => Promise<SecretVersion>;
  readonly previous: () => Promise<SecretVersion | undefined>;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** The secrets that a delivery may be signed with: the current one first. */
export type Keyring = () => Promise<readonly string[]>;

/** Accepts the current secret and, for a day, the previous one. */
export function openKeyring({ current, previous, now }: KeyringSource): Keyring {
  let cache: { readonly readAt: number; readonly versions: ReturnType<typeof read> } | undefined;
  // In this order: if a rotation comes in between, the previous one is the one that was current.
  const read = async () => [await current(), await previous()] as const;
  return async () => {
    // A clock that was set back does not make the cache last longer.
    if (cache === undefined || Math.abs(now() - cache.readAt) >= CACHE_SECONDS) {
      cache = { readAt: now(), versions: read() };
      cache.versions.catch(() => {
        cache = undefined;
      });
    }
    const [newer, older] = await cache.versions;
    return older !== undefined && now() < newer.createdAt + GRACE_SECONDS ? [newer.value, older.value] : [newer.value];
  };
}
