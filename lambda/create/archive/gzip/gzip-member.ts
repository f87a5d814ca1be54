/**
 * The frame of one gzip member (RFC 1952). It is one, because Python's `tarfile.open(mode='r|gz')` stops at the end of the
 * first; what is between header and trailer is deflate data whose pieces do not refer to each other.
 */

/** No name and no time in it: the same content gives the same bytes. The last byte says that no operating system made it. */
export const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/** An empty block that is the last of the deflate data (RFC 1951, section 3.2.3: final, fixed codes, end of block). */
const LAST_BLOCK = [3, 0];

/**
 * What ends the member.
 *
 * @param crc CRC32 of the uncompressed bytes
 * @param bytes how many they are; the field holds 32 bits of it
 */
export function gzipTrailer(crc: number, bytes: number): Buffer {
  const trailer = Buffer.alloc(LAST_BLOCK.length + 8);
  trailer.set(LAST_BLOCK);
  trailer.writeUInt32LE(crc, LAST_BLOCK.length);
  trailer.writeUInt32LE(bytes % 2 ** 32, LAST_BLOCK.length + 4);
  return trailer;
}
