import { promisify } from 'node:util';
import { constants, deflateRaw, type ZlibOptions } from 'node:zlib';
import { CHUNK_BYTES } from '../chunks';
import { storedBlocks, storedLength } from './stored-blocks';

const deflate = promisify<Buffer, ZlibOptions, Buffer>(deflateRaw);

/** The output buffer's size has room for a whole chunk, so that it is made in one piece. */
const OPTIONS: ZlibOptions = {
  level: constants.Z_BEST_SPEED,
  memLevel: 9,
  // Stryker disable next-line ArithmeticOperator: zlib's buffer size affects time only
  chunkSize: CHUNK_BYTES + 4096,
  // Ends at a byte's boundary and not the stream, so that the next chunk's blocks can follow.
  finishFlush: constants.Z_SYNC_FLUSH,
};

/**
 * A chunk as deflate blocks that need nothing of the chunks before them. zlib runs in libuv's threads, so several chunks
 * are compressed at once.
 *
 * @returns the blocks; stored ones where compressing would make it longer
 */
export async function deflateChunk(chunk: Buffer): Promise<readonly Buffer[]> {
  const compressed = await deflate(chunk, OPTIONS);
  // Stryker disable next-line EqualityOperator: two forms of equal length decode to the same bytes
  return compressed.length < storedLength(chunk.length) ? [compressed] : [...storedBlocks(chunk)];
}
