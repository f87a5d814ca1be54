import * as zlib from 'node:zlib';

/** The polynomial of gzip and of S3's CRC32, bits reversed (RFC 1952, section 8). */
const POLYNOMIAL = 0xedb88320;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) {
    crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  }
  return crc;
});

/** Node has its own, much faster, from 20.15 on. */
const native = (zlib as { crc32?: typeof zlib.crc32 }).crc32;

/**
 * CRC32 of bytes that follow others.
 *
 * @param before CRC32 of what comes before them; 0 for nothing
 */
export const crc32: (bytes: Buffer, before: number) => number = native ?? crc32ByTable;

/** The same without Node's help. */
export function crc32ByTable(bytes: Buffer, before: number): number {
  let crc = ~before;
  for (const byte of bytes) {
    crc = (TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}
