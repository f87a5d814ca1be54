import { createCipheriv } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ArchiveEntry } from '../../../lambda/shared/packing/archive-entry';
import type { OpenFile } from '../../../lambda/shared/registry/read-file';

/** Entries for files under their own names. */
export function entriesOf(files: Readonly<Record<string, Buffer>>): ArchiveEntry[] {
  return Object.entries(files).map(([path, bytes]) => ({ path, size: bytes.length, source: path }));
}

/** Opens files that are in memory, from any position. */
export function opener(files: Readonly<Record<string, Buffer>>): OpenFile {
  return async (source, { offset }) => ({ bytes: streamOf(files[source]?.subarray(offset) ?? Buffer.alloc(0)) });
}

/** Bytes in pieces, as a network brings them; with an error after them where one is given. */
export function streamOf(bytes: Buffer, error?: Error): Readable {
  return Readable.from(
    (async function* () {
      for (let start = 0; start < bytes.length; start += 60_000) {
        yield bytes.subarray(start, start + 60_000);
      }
      if (error !== undefined) {
        throw error;
      }
    })(),
  );
}

/** Bytes that compress, and others that do not, the same for the same seed. */
export function sampleBytes(length: number, kind: 'text' | 'noise', seed = 1): Buffer {
  const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(length));
  return kind === 'noise' ? noise : (noise.map((byte) => 97 + (byte & 3)) as Buffer);
}
