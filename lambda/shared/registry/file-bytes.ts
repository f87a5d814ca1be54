import { Readable } from 'node:stream';
import { messageOf, RefusedError, TransientError } from '../errors';

/** What is read, and how. */
export interface FileBytesOptions {
  /** What a server sends. */
  readonly source: Readable;
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
 * A file's bytes as they come. A connection that breaks or falls silent ends them with a `TransientError`: the caller opens
 * the file again where it stopped. Silence counts only while somebody waits for bytes: one who does not read makes the server wait.
 */
export class FileBytes extends Readable {
  private readonly source: Readable;
  private readonly options: FileBytesOptions;
  private toSkip: number;
  private received = 0;
  private ended = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: FileBytesOptions) {
    super({ highWaterMark: BUFFERED_BYTES });
    this.options = options;
    this.toSkip = options.skip;
    this.source = options.source;
    // Who opened a file ahead reads it later, and learns then that it broke meanwhile: that must not end the process.
    this.on('error', () => undefined);
    this.source.pause();
    this.source.on('data', (chunk: Buffer) => this.accept(chunk));
    this.source.on('end', () => this.complete());
    this.source.on('error', (error) => this.breakOff(messageOf(error), error));
    this.source.on('close', () => this.breakOff('the connection was closed'));
  }

  override _read(): void {
    this.timer ??= setTimeout(
      () => this.breakOff(`no byte came for ${this.options.idleMs / 1000} s`),
      this.options.idleMs,
    );
    this.source.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.stopWaiting();
    this.source.destroy();
    done(error);
  }

  private accept(chunk: Buffer): void {
    this.received += chunk.length;
    this.timer?.refresh();
    if (this.toSkip >= chunk.length) {
      this.toSkip -= chunk.length;
      return;
    }
    const wanted = this.toSkip === 0 ? chunk : chunk.subarray(this.toSkip);
    this.toSkip = 0;
    if (!this.push(wanted)) {
      this.source.pause();
      this.stopWaiting();
    }
  }

  private complete(): void {
    this.ended = true;
    this.stopWaiting();
    if (this.toSkip > 0) {
      const { where, skip } = this.options;
      this.destroy(
        new RefusedError(`${where} has ${this.received} bytes, fewer than the ${skip} that were read of it`),
      );
    } else {
      this.push(null);
    }
  }

  private breakOff(reason: string, cause?: Error): void {
    if (!this.ended && !this.destroyed) {
      this.destroy(
        new TransientError(`${this.options.where} broke off after ${this.received} bytes (${reason})`, { cause }),
      );
    }
  }

  private stopWaiting(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
