import { messageOf, RefusedError, TransientError } from '../../errors';
import type { ByteStream } from '../registry';

/** What bytes come from: it can be told to wait. */
export interface ByteSource {
  pause(): void;
  resume(): void;
  /** Ends it early. */
  destroy(reason: Error): void;
}

/** How bytes are read. */
export interface FileBytesOptions {
  /** Bytes at the beginning that the caller has already. */
  readonly skip: number;
  /** For so many milliseconds a reader waits for the next bytes. */
  readonly idleMs: number;
  /** Where the bytes come from, for errors. */
  readonly where: string;
}

/** Large enough that the next bytes are here when they are wanted, small enough for many files at a time. */
const BUFFERED_BYTES = 256 * 1024;

/**
 * A file's bytes as they come, for one reader. A connection that breaks or falls silent ends them with a `TransientError`: the
 * caller opens the file again where it stopped. Silence counts only while somebody waits for bytes: one who does not read makes
 * the server wait.
 *
 * Not one of Node's streams, whose bookkeeping costs more than the bytes of a small file.
 */
export class FileBytes implements ByteStream {
  private readonly chunks: Buffer[] = [];
  private held = 0;
  private received = 0;
  private skipped = 0;
  private paused = false;
  private ended = false;
  private error: Error | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly source: ByteSource,
    private readonly options: FileBytesOptions,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void> {
    try {
      for (;;) {
        const chunk = this.chunks.shift();
        if (chunk !== undefined) {
          this.letGo(chunk.length);
          yield chunk;
        } else if (this.error) {
          throw this.error;
        } else if (this.ended) {
          return;
        } else {
          await this.more();
        }
      }
    } finally {
      this.destroy();
    }
  }

  /** The source's next bytes. */
  accept(chunk: Buffer): void {
    this.received += chunk.length;
    const skip = Math.min(this.options.skip - this.skipped, chunk.length);
    this.skipped += skip;
    if (skip === chunk.length || this.error) {
      return;
    }
    this.chunks.push(skip === 0 ? chunk : chunk.subarray(skip));
    this.held += chunk.length - skip;
    if (this.held >= BUFFERED_BYTES && !this.paused) {
      this.paused = true;
      this.source.pause();
    }
    this.wake?.();
  }

  /** The source has no more. */
  complete(): void {
    const { where, skip } = this.options;
    if (this.skipped < skip) {
      this.fail(new RefusedError(`${where} has ${this.received} bytes, fewer than the ${skip} that were read of it`));
    } else {
      this.ended = true;
      this.wake?.();
    }
  }

  /** The source ended before its time. What came until then is still read. */
  breakOff(cause: unknown): void {
    this.fail(
      new TransientError(
        `${this.options.where} broke off after ${this.received} bytes (${messageOf(cause) || 'the connection was closed'})`,
        { cause },
      ),
    );
  }

  /** The reader wants no more; one that waits gets the error. */
  destroy(reason?: Error): void {
    if (!this.ended) {
      const error = reason ?? new Error('nobody reads on');
      this.fail(error);
      this.source.destroy(error);
    }
    this.chunks.length = 0;
  }

  private letGo(bytes: number): void {
    this.held -= bytes;
    if (this.paused && this.held < BUFFERED_BYTES / 2) {
      this.paused = false;
      this.source.resume();
    }
  }

  private more(): Promise<void> {
    return new Promise((resolve) => {
      const { idleMs } = this.options;
      const timer = setTimeout(() => {
        const silence = new Error(`no byte came for ${idleMs / 1000} s`);
        this.breakOff(silence);
        this.source.destroy(silence);
      }, idleMs);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
    });
  }

  /** The first failure is the one that counts, and after the end there is none. */
  private fail(error: Error): void {
    if (!this.ended) {
      this.error ??= error;
      this.wake?.();
    }
  }
}
