/** How long a folder is kept after the last package that referred to it is gone: endpoints that are replaced just then may still fetch from it. */
export const GRACE_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * The folders that no package refers to.
 *
 * @param bucket of the folders
 * @param folders prefixes that end in `/`
 * @param urls what packages refer to: objects or prefixes in S3
 */
export function unusedFolders(bucket: string, folders: readonly string[], urls: readonly string[]): string[] {
  return folders.filter((folder) => !urls.some((url) => url.startsWith(`s3://${bucket}/${folder}`)));
}

/** What becomes of an unused folder. */
export type Fate = 'mark' | 'wait' | 'delete';

/**
 * @param since when it was marked as unused, in milliseconds since the epoch; undefined where it was not
 */
export function fateOf(since: number | undefined, now: number): Fate {
  if (since === undefined) {
    return 'mark';
  }
  return now - since > GRACE_MS ? 'delete' : 'wait';
}
