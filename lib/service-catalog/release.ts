import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SEED_FILE, TEMPLATE_FILE } from './product-version';
import { releasedVersions, versionName, versionNumber } from './released-versions';

/**
 * Releases a version of the product: puts a snapshot beside those that were released before.
 *
 * @param versions the folder with a folder for each released version
 * @param asked the version's name; by default the one after the last
 * @param write writes the snapshot into a folder
 * @returns the version's name
 * @throws Error for a name out of turn, and when nothing changed since the last release
 */
export async function release(
  versions: string,
  asked: string | undefined,
  write: (folder: string) => Promise<void>,
): Promise<string> {
  const last = releasedVersions(versions).at(-1);
  const next = versionName(last ? versionNumber(last.name) + 1 : 1);
  if (asked !== undefined && asked !== next) {
    throw new Error(`the next version is ${next}, not ${asked}`);
  }
  // Beside the versions and not among them, so that a release that fails leaves none behind.
  const draft = mkdtempSync(join(dirname(versions), '.release-'));
  try {
    await write(draft);
    if (last && [TEMPLATE_FILE, SEED_FILE].every((file) => same(join(draft, file), join(last.folder, file)))) {
      throw new Error(`nothing changed since ${last.name}: there is nothing to release`);
    }
    mkdirSync(versions, { recursive: true });
    renameSync(draft, join(versions, next));
    return next;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function same(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && readFileSync(one).equals(readFileSync(other));
}
