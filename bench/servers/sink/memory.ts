const BLOCK_BYTES = 4 * 1024 * 1024;

/**
 * Memory that is used again. On a virtual machine the first touch of a page costs more than all that the sink does with the bytes
 * besides; with files, whose pages are new each time, the sink took half of the machine from those that are measured.
 */
export class Memory {
  private readonly free: Buffer[] = [];

  take(): Buffer {
    return this.free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  give(blocks: readonly Buffer[]): void {
    this.free.push(...blocks);
  }
}

/** Bytes that came, in blocks of a memory. */
export class Stored {
  private readonly blocks: Buffer[] = [];
  private used = 0;

  constructor(private readonly memory: Memory) {}

  get size(): number {
    return this.used;
  }

  append(bytes: Buffer): void {
    for (let taken = 0; taken < bytes.length; ) {
      const position = this.used % BLOCK_BYTES;
      if (position === 0) {
        this.blocks.push(this.memory.take());
      }
      const copied = bytes.copy(this.blocks.at(-1) as Buffer, position, taken);
      taken += copied;
      this.used += copied;
    }
  }

  *pieces(): Generator<Buffer> {
    for (const [index, block] of this.blocks.entries()) {
      yield block.subarray(0, this.used - index * BLOCK_BYTES);
    }
  }

  /** Gives the memory back. Nothing of it may be read afterwards. */
  release(): void {
    this.memory.give(this.blocks.splice(0));
    this.used = 0;
  }
}
