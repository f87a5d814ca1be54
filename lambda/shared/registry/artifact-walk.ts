import { RefusedError } from '../errors';
import type { ArtifactFile } from './registry';

/** An entry of a folder, as MLflow lists it: `path` begins at the listing's root. */
export interface ListedEntry {
  readonly path: string;
  readonly isDirectory: boolean;
  /** Bytes; absent for folders, and for files of none, whose size MLflow leaves out. */
  readonly size?: number | undefined;
}

/** More folders than any model has; a registry that lists without end is stopped here. */
const DIRECTORIES_MAX = 100_000;

/**
 * All files below a folder, sorted by path.
 *
 * @param list the entries of one folder; '' is the root
 * @throws RefusedError for a listing that leaves its own folder or never ends
 */
export async function walkArtifacts(list: (directory: string) => Promise<ListedEntry[]>): Promise<ArtifactFile[]> {
  const files: ArtifactFile[] = [];
  const pending = [''];
  for (let visited = 0; pending.length > 0; visited++) {
    if (visited > DIRECTORIES_MAX) {
      throw new RefusedError(`the model's folder has more than ${DIRECTORIES_MAX} folders`);
    }
    const directory = pending.pop() ?? '';
    for (const { path, isDirectory, size } of await list(directory)) {
      if (directory !== '' && !path.startsWith(`${directory}/`)) {
        throw new RefusedError(`the registry lists ${JSON.stringify(path)} in the folder ${JSON.stringify(directory)}`);
      }
      if (isDirectory) {
        pending.push(path);
      } else {
        files.push({ path, size: size ?? 0 });
      }
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
