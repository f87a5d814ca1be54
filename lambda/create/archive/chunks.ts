/** Uncompressed bytes that are compressed by themselves; the archive can be continued only at their boundaries. */
export const CHUNK_BYTES = 1024 * 1024;

/** Memory for chunks, used again and again: to ask for it each time costs more than what is done with it. */
export class ChunkPool {
  private readonly free: Buffer[] = [];

  take(): Buffer {
    return this.free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
  }

  /** Only for chunks that nobody reads any more. */
  giveBack(chunk: Buffer): void {
    if (chunk.length === CHUNK_BYTES) {
      this.free.push(chunk);
    }
  }
}

/** The same bytes in pieces of {@link CHUNK_BYTES}, but for the last one. */
export async function* chunksOf(stream: AsyncIterable<Buffer>, pool: ChunkPool): AsyncGenerator<Buffer> {
  let chunk = pool.take();
  let filled = 0;
  for await (const bytes of stream) {
    for (let taken = 0; taken < bytes.length; ) {
      const copied = bytes.copy(chunk, filled, taken);
      taken += copied;
      filled += copied;
      if (filled === CHUNK_BYTES) {
        yield chunk;
        chunk = pool.take();
        filled = 0;
      }
    }
  }
  if (filled > 0) {
    yield chunk.subarray(0, filled);
  }
}
