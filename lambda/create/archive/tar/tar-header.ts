import { encode, encodePax } from 'tar-stream/headers';

/** Everything in a tar is padded to whole blocks. */
export const TAR_BLOCK_BYTES = 512;
/** Two empty blocks end an archive. */
export const TAR_END = Buffer.alloc(2 * TAR_BLOCK_BYTES);

/** What a plain header's size field holds in octal digits; above it the size is a pax record (POSIX.1-2017, pax). */
const PLAIN_SIZE_MAX = 8 ** 11 - 1;
/** Nothing of an archive depends on when and where it was made. */
const FIXED = { mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '', linkname: null };
const FILE = { ...FIXED, type: 'file', mode: 0o644 } as const;
const FOLDER = { ...FIXED, type: 'directory', mode: 0o755 } as const;
const PAX = { ...FIXED, type: 'pax-header', mode: 0o644, name: 'PaxHeader' } as const;

/**
 * The blocks before a file's bytes: one header, or a pax header before it where a name or a size does not fit into one.
 *
 * @param path a folder's ends in `/`
 * @param size bytes of the file
 */
export function tarHeader(path: string, size: number): Buffer {
  const header = { ...(path.endsWith('/') ? FOLDER : FILE), name: path, size };
  const plain = size > PLAIN_SIZE_MAX ? null : encode(header);
  if (plain !== null) {
    return plain;
  }
  const records = encodePax({ name: path, pax: size > PLAIN_SIZE_MAX ? { size: String(size) } : {} });
  const [before, own] = [encode({ ...PAX, size: records.length }), encode({ ...header, name: 'PaxHeader' })];
  return Buffer.concat([before ?? TAR_END, records, padding(records.length), own ?? TAR_END]);
}

/** The zeros that fill a file's last block. */
export function padding(size: number): Buffer {
  return TAR_END.subarray(0, (TAR_BLOCK_BYTES - (size % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES);
}
