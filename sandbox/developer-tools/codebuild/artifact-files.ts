import { readdir, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { PackedFile } from '../zip/pack';
import type { ArtifactSpec } from './buildspec';

/**
 * The files of an artifact, as its part of the build specification chooses them. A file that begins with a dot is a file;
 * what a symbolic link points to is taken in its place.
 *
 * @param root the folder of the source
 * @throws Error in CodeBuild's words when there is no such folder or no such file
 */
export async function artifactFiles(root: string, spec: ArtifactSpec): Promise<PackedFile[]> {
  const base = spec['base-directory'] ?? '.';
  const folder = join(root, base);
  if (!(await isFolder(folder))) throw new Error(`no matching base directory path found for ${base}`);
  const wanted = spec.files.map(pattern);
  const names = (await filesBelow(folder)).filter((name) => wanted.some((each) => each.test(name)));
  if (names.length === 0) throw new Error(`no matching artifact paths found in ${base} for ${spec.files.join(', ')}`);
  return names.map((name) => ({ file: join(folder, name), name }));
}

/** A glob of the build specification: `*` within one folder, `**` through folders. */
function pattern(glob: string): RegExp {
  const text = posix
    .normalize(glob)
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*\*\/|\*\*|\*|\?/g, (found) => ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*' })[found] ?? '[^/]');
  return new RegExp(`^${text}$`, 's');
}

/** The paths of all files below a folder. A link to a folder above it would lead round and round: each folder is seen once. */
async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (below: string, above: readonly number[]): Promise<void> => {
    const { ino } = await stat(join(folder, below));
    if (above.includes(ino)) return;
    for (const entry of (await readdir(join(folder, below))).sort()) {
      const name = posix.join(below, entry);
      const path = join(folder, name);
      const kind = await stat(path).catch(() => undefined);
      if (kind?.isDirectory()) await visit(name, [...above, ino]);
      else if (kind?.isFile()) found.push(name);
    }
  };
  await visit('.', []);
  return found;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
