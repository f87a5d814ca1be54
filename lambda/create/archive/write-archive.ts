import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { type Pack, pack as tarPack } from 'tar-stream';
import type { ArchiveEntry } from '../../shared/packing/archive-entry';
import { checkEntryNames } from '../../shared/packing/entry-names';

/** Same bytes for the same files: nothing of the archive depends on when and where it was made. */
const ENTRY_DEFAULTS = { mode: 0o644, mtime: new Date(0), type: 'file' } as const;

/**
 * Streams a `model.tar.gz`: registry to tar to gzip to destination, holding no file whole.
 *
 * @param entries what goes in; names are checked before the first byte, sizes while they pass
 * @param open the bytes of a registry's file
 * @param destination gets the compressed bytes; destroyed with the error when anything fails
 * @throws RefusedError for bad names, Error `Size mismatch` when a file's bytes are not as many as listed
 */
export async function writeArchive(
  entries: readonly ArchiveEntry[],
  open: (source: string) => Promise<Readable>,
  destination: Writable,
): Promise<void> {
  try {
    checkEntryNames(entries);
  } catch (error) {
    destination.destroy(error as Error);
    throw error;
  }
  const tar = tarPack();
  const compressed = pipeline(tar, createGzip({ level: constants.Z_BEST_SPEED }), destination);
  const filled = fill(tar, entries, open).catch((error: Error) => {
    tar.destroy(error);
    throw error;
  });
  const [fillResult, compressResult] = await Promise.allSettled([filled, compressed]);
  for (const result of [fillResult, compressResult]) {
    if (result.status === 'rejected') {
      throw result.reason;
    }
  }
}

async function fill(
  tar: Pack,
  entries: readonly ArchiveEntry[],
  open: (source: string) => Promise<Readable>,
): Promise<void> {
  for (const entry of entries) {
    const made = 'content' in entry;
    const size = made ? Buffer.byteLength(entry.content) : entry.size;
    const bytes = made ? Readable.from([Buffer.from(entry.content)]) : await open(entry.source);
    await pipeline(bytes, tar.entry({ ...ENTRY_DEFAULTS, name: entry.path, size }));
  }
  tar.finalize();
}
