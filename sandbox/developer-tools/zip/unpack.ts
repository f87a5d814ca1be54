import { createWriteStream } from 'node:fs';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';

const TYPE = 0o170000;
const SYMBOLIC_LINK = 0o120000;
const PERMISSIONS = 0o777;

/**
 * Unpacks a ZIP archive into a folder, with the permissions and symbolic links that it has.
 *
 * @throws Error when the file is no archive, or an entry or a link leads out of the folder
 */
export async function unpack(archive: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const zip = await openPromise(archive);
  for await (const entry of zip.eachEntry()) await unpackEntry(zip, entry, folder);
}

/** The text of one file of an archive, or undefined when it has no such file. @throws Error when the file is no archive */
export async function readEntry(archive: string, name: string): Promise<string | undefined> {
  const zip = await openPromise(archive);
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName === name) return (await contentOf(zip, entry)).toString('utf8');
    }
    return undefined;
  } finally {
    zip.close();
  }
}

async function unpackEntry(zip: ZipFile, entry: Entry, folder: string): Promise<void> {
  const path = inside(folder, folder, entry.fileName);
  if (entry.fileName.endsWith('/')) {
    await mkdir(path, { recursive: true });
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  const mode = entry.externalFileAttributes >>> 16;
  if ((mode & TYPE) === SYMBOLIC_LINK) {
    const target = (await contentOf(zip, entry)).toString('utf8');
    inside(folder, dirname(path), target);
    await symlink(target, path);
    return;
  }
  await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path));
  // An archive that was made on a system without permissions has none at all.
  if ((mode & PERMISSIONS) !== 0) await chmod(path, mode & PERMISSIONS);
}

async function contentOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  return buffer(await zip.openReadStreamPromise(entry));
}

/** The path of a name as seen from a place. @throws Error when it is not below the folder */
function inside(folder: string, from: string, name: string): string {
  const path = resolve(from, name);
  const root = resolve(folder);
  if (path !== root && !path.startsWith(root + sep)) throw new Error(`${name} leads out of the archive's folder.`);
  return path;
}
