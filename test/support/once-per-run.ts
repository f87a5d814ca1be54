import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOfRun } from './set-up';

/**
 * Makes a value once for all files of this run of tests, and reads it from the run's folder afterwards. A later run makes it again, so
 * nothing stale is ever read. Two workers that miss at the same time both make the value; the second one replaces an equal file.
 *
 * @param key everything that the value depends on, apart from the working tree
 * @param make must return JSON
 */
export function oncePerRun<T>(key: readonly unknown[], make: () => T): T {
  const run = tmpdir();
  if (!isOfRun(run)) {
    return make();
  }
  const folder = join(run, 'once');
  const file = join(folder, `${createHash('sha256').update(JSON.stringify(key)).digest('hex')}.json`);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    // Renamed when it is whole, since other workers may read at any time.
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, JSON.stringify(make()));
    renameSync(partial, file);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
