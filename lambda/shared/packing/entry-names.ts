import { RefusedError } from '../errors';
import { quoted } from '../printable';
import type { ArchiveEntry } from './archive-entry';

/** Longest name that every reader of the archive takes as one path part or as a whole (Linux NAME_MAX, PATH_MAX). */
const PART_MAX_BYTES = 255;
const PATH_MAX_BYTES = 4096 - 256;

/**
 * Refuses names that would leave the folder which the archive is unpacked into, or that would meet there.
 *
 * @throws RefusedError that names the entry and what is wrong with it
 */
export function checkEntryNames(entries: readonly ArchiveEntry[]): void {
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const entry of entries) {
    const path = isFolder(entry) ? entry.path.slice(0, -1) : entry.path;
    const fault = pathFault(path) ?? (files.has(path) ? 'appears twice' : undefined);
    if (fault !== undefined) {
      throw new RefusedError(`the model's file ${quoted(path)} ${fault}`);
    }
    files.add(path);
    if (isFolder(entry)) {
      folders.add(path);
    }
  }
  for (const path of files) {
    // Stryker disable next-line EqualityOperator: a path that begins with a slash was refused before
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const parent = path.slice(0, slash);
      if (files.has(parent) && !folders.has(parent)) {
        throw new RefusedError(`the model's file ${quoted(parent)} is also the folder of another file`);
      }
    }
  }
}

/** An entry whose name ends in a slash is a folder, and holds nothing itself. */
function isFolder(entry: ArchiveEntry): boolean {
  return entry.path.endsWith('/') && 'content' in entry && entry.content === '';
}

/**
 * Why no file may have a path, for people.
 *
 * @returns undefined for a path that can be one
 */
export function pathFault(path: string): string | undefined {
  if (path === '') {
    return 'has no name';
  }
  if (path.startsWith('/') || /^[a-zA-Z]:/.test(path)) {
    return 'is an absolute path';
  }
  // Control characters, NUL among them, and backslashes, which some readers take for separators.
  if (/[\p{Cc}\\]/u.test(path) || !path.isWellFormed()) {
    return 'has a character that no file name may have';
  }
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    return 'has an empty part, "." or ".." in its path';
  }
  if (Buffer.byteLength(path) > PATH_MAX_BYTES || parts.some((part) => Buffer.byteLength(part) > PART_MAX_BYTES)) {
    return 'has a name that is too long';
  }
  return undefined;
}
