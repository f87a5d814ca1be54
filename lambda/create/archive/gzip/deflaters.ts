import { availableParallelism } from 'node:os';
import { CHUNK_BYTES } from '../chunks';
import { deflateChunk } from './deflate-chunk';
import { DeflateWorker } from './deflate-worker';
import { storedBlocks } from './stored-blocks';

/** Shorter chunks are the last ones of small archives: zlib has done with them before a thread has started. */
const THREAD_MIN_BYTES = CHUNK_BYTES / 4;
/** More threads than this are never busy: one thread fetches and sends for all of them. */
const THREADS_MAX = 4;

/** A chunk as deflate blocks that need nothing of the chunks before them. */
export interface DeflatedChunk {
  /** Good until the chunk is given back to its pool. */
  readonly blocks: Iterable<Buffer>;
  /** The chunk's memory, which may have moved meanwhile. */
  readonly chunk: Buffer;
}

/** The threads that compress, as many as the machine has processors for. */
export class Deflaters {
  private readonly workers: DeflateWorker[] = [];

  /**
   * Compresses a chunk, or stores it where compressing would make it longer.
   *
   * @param chunk at the beginning of memory of its own, which moves to a thread and back: it is gone for the caller
   */
  async deflate(chunk: Buffer): Promise<DeflatedChunk> {
    if (chunk.length < THREAD_MIN_BYTES) {
      return { blocks: await deflateChunk(chunk), chunk };
    }
    const bytes = chunk.length;
    const { buffer, compressed } = await this.idlest().deflate(chunk.buffer as ArrayBuffer, bytes);
    const memory = Buffer.from(buffer);
    return {
      blocks: compressed > 0 ? [memory.subarray(0, compressed)] : storedBlocks(memory.subarray(0, bytes)),
      chunk: memory,
    };
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.workers.splice(0).map((worker) => worker.close()));
  }

  /** The thread with the least to do; another one as long as all are busy and the machine has processors for it. */
  private idlest(): DeflateWorker {
    const [idlest] = [...this.workers].sort((a, b) => a.chunks - b.chunks);
    if (idlest !== undefined && (idlest.chunks === 0 || this.workers.length >= threads())) {
      return idlest;
    }
    const worker = new DeflateWorker();
    this.workers.push(worker);
    return worker;
  }
}

function threads(): number {
  return Math.min(THREADS_MAX, availableParallelism());
}
