import { crc32 } from 'node:zlib';

/** Bytes of a stored block: its length has 16 bits (RFC 1951, section 3.2.4). */
const BLOCK_BYTES = 0xffff;
const HEADER_BYTES = 5;

/**
 * Bytes as deflate's stored blocks, none of them the last of its stream: a copy with five bytes for each 64 KiB.
 *
 * @returns slices of `bytes` with the headers between them
 */
export function* storedBlocks(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += BLOCK_BYTES) {
    const block = bytes.subarray(start, start + BLOCK_BYTES);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt16LE(block.length, 1);
    header.writeUInt16LE(0xffff - block.length, 3);
    yield header;
    yield block;
  }
}

/** Bytes of deflate data, with their CRC32 where it is known already. */
export interface Block {
  readonly bytes: Buffer;
  readonly crc?: number;
}

/** The same as {@link storedBlocks}, with the CRC32 of each slice of `bytes`: it serves the gzip member and the part. */
export function checkedBlocks(bytes: Buffer): Block[] {
  return [...storedBlocks(bytes)].map((block, index) =>
    index % 2 === 0 ? { bytes: block } : { bytes: block, crc: crc32(block, 0) },
  );
}

/** Bytes that {@link storedBlocks} makes of so many. */
export function storedLength(bytes: number): number {
  return bytes + Math.ceil(bytes / BLOCK_BYTES) * HEADER_BYTES;
}
