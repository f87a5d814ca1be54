import { RefusedError } from '../errors';
import { pathFault } from '../packing/entry-names';
import { quoted } from '../printable';
import { checkBounds } from './artifact-bounds';
import type { ArtifactFile } from './registry';

/** An entry of a folder, as MLflow lists it: `path` begins at the listing's root. */
export interface ListedEntry {
  readonly path: string;
  readonly isDirectory: boolean;
  /** Bytes; absent for folders, and for files of none, whose size MLflow leaves out. */
  readonly size?: number | undefined;
}

/** Folders in folders; links of a file system that lead back to where they are go deeper. */
const DEPTH_MAX = 64;

/**
 * All files below a folder, sorted by path.
 *
 * @param list the entries of one folder, in any portions; '' is the root
 * @throws RefusedError for a listing that leaves its own folder or never ends, and for names that no file may have
 */
export async function walkArtifacts(
  list: (directory: string) => AsyncIterable<ListedEntry[]>,
): Promise<ArtifactFile[]> {
  const files: ArtifactFile[] = [];
  const seen = new Set<string>();
  const pending = [''];
  let characters = 0;
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for await (const entries of list(directory)) {
      for (const { path, isDirectory, size } of entries) {
        checkEntry(directory, path);
        characters += path.length;
        if (!isDirectory) {
          files.push({ path, size: size ?? 0 });
        } else if (seen.has(path)) {
          throw new RefusedError(`the registry lists the folder ${quoted(path)} twice`);
        } else {
          seen.add(path);
          pending.push(path);
        }
      }
      checkBounds({ directories: seen.size, files: files.length, characters });
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function checkEntry(directory: string, path: string): void {
  const fault = pathFault(path);
  if (fault !== undefined) {
    throw new RefusedError(`the registry lists ${quoted(path)} in the folder ${quoted(directory)}: it ${fault}`);
  }
  if (directory !== '' && !path.startsWith(`${directory}/`)) {
    throw new RefusedError(`the registry lists ${quoted(path)} in the folder ${quoted(directory)}`);
  }
  if (path.split('/').length > DEPTH_MAX) {
    throw new RefusedError(`the model's folder has more than ${DEPTH_MAX} folders in each other: ${quoted(path)}`);
  }
}
