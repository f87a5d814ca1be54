import { crc32 } from 'node:zlib';
import { combineCrc32 } from '../checksum/combine';
import { CHUNK_BYTES } from '../chunks';
import { deflateChunk } from './deflate-chunk';
import { shrinks } from './shrinks';
import { type Block, checkedBlocks } from './stored-blocks';

/** Chunks that are compressed at once, besides the one whose turn it is: with it as many as libuv has threads for zlib. */
const AHEAD = 3;
/** Chunks that share the judgement of the first of them: what does not shrink comes in long rows. */
const ROW_CHUNKS = 8;

/** How far compressing came. */
export interface CompressedUpTo {
  /** Uncompressed bytes so far. */
  readonly tarBytes: number;
  /** Their CRC32. */
  readonly crc: number;
  /** Whether the row of chunks that is under way is stored as it is. */
  readonly storing: boolean;
}

/** A chunk as deflate blocks. */
export interface CompressedChunk {
  /** Good until the chunk is given back to its pool. */
  readonly blocks: Iterable<Block>;
  readonly chunk: Buffer;
  /** How far compressing came with it. */
  readonly upTo: CompressedUpTo;
}

/**
 * Compresses chunks, several at once, and gives them in their order. The same bytes give the same blocks, also where they are
 * compressed in several goes.
 *
 * @param from where the chunks before these ended, at a multiple of {@link CHUNK_BYTES}
 */
export async function* compress(chunks: AsyncIterable<Buffer>, from: CompressedUpTo): AsyncGenerator<CompressedChunk> {
  const queue: Promise<CompressedChunk>[] = [];
  let upTo = from;
  for await (const chunk of chunks) {
    const firstOfRow = (upTo.tarBytes / CHUNK_BYTES) % ROW_CHUNKS === 0;
    const storing = firstOfRow ? !shrinks(chunk) : upTo.storing;
    const stored = storing ? checkedBlocks(chunk) : undefined;
    const crc = stored ? crcAfter(stored, upTo.crc) : crc32(chunk, upTo.crc);
    upTo = { tarBytes: upTo.tarBytes + chunk.length, crc, storing };
    const coming = stored ? Promise.resolve({ blocks: stored, chunk, upTo }) : deflated(chunk, upTo);
    // Its failure reaches the caller that awaits it, not Node's unhandled rejections.
    coming.catch(() => undefined);
    queue.push(coming);
    if (queue.length > AHEAD) {
      yield (await queue.shift()) as CompressedChunk;
    }
  }
  for (const coming of queue) {
    yield await coming;
  }
}

async function deflated(chunk: Buffer, upTo: CompressedUpTo): Promise<CompressedChunk> {
  const blocks = await deflateChunk(chunk);
  return { blocks: blocks.map((bytes) => ({ bytes })), chunk, upTo };
}

/** CRC32 of what was stored, without the blocks' headers. */
function crcAfter(blocks: readonly Block[], before: number): number {
  return blocks.reduce(
    (crc, block) => (block.crc === undefined ? crc : combineCrc32(crc, block.crc, block.bytes.length)),
    before,
  );
}
