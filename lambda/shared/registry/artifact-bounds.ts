import { RefusedError } from '../errors';

/** More than any model has; a registry or a prefix that lists without end is stopped here. */
const DIRECTORIES_MAX = 20_000;
const FILES_MAX = 250_000;
/** Characters of all their paths together. */
const PATHS_MAX = 32 * 1024 * 1024;

/** How much of a folder was listed so far. */
export interface Listed {
  readonly directories: number;
  readonly files: number;
  /** Of all paths. */
  readonly characters: number;
}

/**
 * Asked while a listing is read, so that none fills the memory before it is refused.
 *
 * @throws RefusedError for more than any model has
 */
export function checkBounds({ directories, files, characters }: Listed): void {
  if (directories > DIRECTORIES_MAX || files > FILES_MAX || characters > PATHS_MAX) {
    throw new RefusedError(
      `the model's folder has more than ${DIRECTORIES_MAX} folders, ${FILES_MAX} files or ${PATHS_MAX} characters of names`,
    );
  }
}
