import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Manifest } from '../data/manifest';

/**
 * Extracts an archive with the `tar` of this machine and compares every file with the manifest.
 *
 * @param archive a `model.tar.gz`
 * @param folder is emptied before, and removed afterwards
 * @throws Error that names the first file that is not as it should be
 */
export async function verifyArchive(archive: Readable, { files }: Manifest, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await extract(archive, folder);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  const found = new Set(entries.map(({ parentPath, name }) => relative(folder, join(parentPath, name))));
  for (const { path, sha256 } of files) {
    if (!found.delete(path)) {
      throw new Error(`the archive has no ${path}`);
    }
    const actual = await sha256Of(join(folder, path));
    if (actual !== sha256) {
      throw new Error(`${path} of the archive has the SHA-256 ${actual}, and that of the data is ${sha256}`);
    }
  }
  const [surplus] = found;
  if (surplus !== undefined) {
    throw new Error(`the archive has ${surplus}, which the data has not`);
  }
  rmSync(folder, { recursive: true, force: true });
}

async function extract(archive: Readable, folder: string): Promise<void> {
  const tar = spawn('tar', ['--extract', '--gzip', '--file', '-', '--directory', folder], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  tar.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve, reject) => tar.once('close', resolve).once('error', reject));
  const [fed, code] = await Promise.allSettled([pipeline(archive, tar.stdin), ended]);
  if (code.status === 'rejected' || code.value !== 0) {
    throw new Error(`tar cannot extract the archive: ${code.status === 'rejected' ? code.reason : said.trim()}`);
  }
  if (fed.status === 'rejected') {
    throw fed.reason;
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}
