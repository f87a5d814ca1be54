/** How long a folder is kept after the last package that referred to it is gone: endpoints that are replaced just then may still fetch from it. */
export const GRACE_MS = 7 * 24 * 60 * 60 * 1000;

/** A folder of what is packed, as a sweep finds it. */
export interface SweptFolder {
  /** Prefix that ends in `/`. */
  readonly prefix: string;
  /** True where a package refers to it. */
  readonly used: boolean;
}

/**
 * Which folders packages refer to.
 *
 * @param bucket of the folders
 * @param prefixes of the folders, each ending in `/`
 * @param urls what packages refer to: objects or prefixes in S3
 */
export function foldersInUse(bucket: string, prefixes: readonly string[], urls: readonly string[]): SweptFolder[] {
  return prefixes.map((prefix) => ({
    prefix,
    used: urls.some((url) => url.startsWith(`s3://${bucket}/${prefix}`)),
  }));
}

/** What becomes of a folder. */
export type Fate = 'keep' | 'unmark' | 'mark' | 'wait' | 'delete';

/**
 * A used folder keeps no mark. A sweep may have set one before the listing showed a new package; when the folder is unused some day,
 * that mark would take its grace from it.
 *
 * @param used whether a package refers to it
 * @param since when it was marked as unused, in milliseconds since the epoch; undefined where it was not
 */
export function fateOf(used: boolean, since: number | undefined, now: number): Fate {
  if (used) {
    return since === undefined ? 'keep' : 'unmark';
  }
  if (since === undefined) {
    return 'mark';
  }
  return now - since > GRACE_MS ? 'delete' : 'wait';
}
