import { crc32 } from 'node:zlib';
import { combineCrc32 } from '../checksum/combine';
import { CHUNK_BYTES } from '../chunks';
import type { CompressedUpTo } from '../gzip/compress';
import { GZIP_HEADER, gzipTrailer } from '../gzip/gzip-member';
import { type Block, storedLength } from '../gzip/stored-blocks';
import type { MultipartUpload } from './multipart';

/** Parts under way at once; with the one that is being filled they bound the memory. */
const PARTS_UNDER_WAY = 3;

/** How far an archive came: everything up to here is in S3. */
export interface Progress extends CompressedUpTo {
  readonly parts: number;
  /** Compressed bytes. */
  readonly bytes: number;
  /** CRC32 of the compressed bytes. */
  readonly bytesCrc: number;
}

export const NO_PROGRESS: Progress = { tarBytes: 0, crc: 0, storing: false, parts: 0, bytes: 0, bytesCrc: 0 };

/** What the writer needs of an upload. */
export type PartUpload = Pick<MultipartUpload, 'put' | 'complete'>;

/** Cuts compressed chunks into parts and sends them. A part ends where a chunk ends, so that one can go on after each. */
export class PartWriter {
  private readonly capacity: number;
  private readonly free: Buffer[] = [];
  private readonly underWay = new Set<Promise<void>>();
  /** Parts that S3 does not have yet, in their order, and that can be gone on behind. */
  private readonly pending: { progress: Progress; done: boolean }[] = [];
  private buffer: Buffer;
  private filled = 0;
  /** CRC32 of what is filled. */
  private crc = 0;
  private upTo: CompressedUpTo;
  /** With all parts that were begun. */
  private sent: Progress;
  /** With all parts that are there, but for the last one. */
  private reached: Progress;
  private failure: { error: unknown } | undefined;

  /** @param opening the upload, which may still be on its way: that it failed is said by the first part */
  constructor(
    private readonly opening: Promise<PartUpload>,
    private readonly partBytes: number,
    from: Progress,
  ) {
    opening.catch(() => undefined);
    // Less than a part, and then the longest of all that is put behind it at once.
    this.capacity = partBytes + storedLength(CHUNK_BYTES);
    this.buffer = Buffer.allocUnsafeSlow(this.capacity);
    this.upTo = from;
    this.sent = from;
    this.reached = from;
    if (from.parts === 0) {
      this.copy({ bytes: GZIP_HEADER });
    }
  }

  /**
   * Takes a chunk's blocks; they are copied, and may be changed afterwards. Waits while as many parts as may be are under way.
   *
   * @throws what a part failed with
   */
  async append(blocks: Iterable<Block>, upTo: CompressedUpTo): Promise<void> {
    for (const block of blocks) {
      this.copy(block);
    }
    this.upTo = upTo;
    if (this.filled >= this.partBytes) {
      await this.send();
    }
  }

  /** Ends the gzip member and completes the upload. Where that fails, the last part is made and sent again by who goes on. */
  async finish(): Promise<void> {
    this.copy({ bytes: gzipTrailer(this.upTo.crc, this.upTo.tarBytes) });
    await this.send('last');
    await Promise.all(this.underWay);
    this.throwIfFailed();
    await (await this.opening).complete({ parts: this.sent.parts, bytes: this.sent.bytes, crc: this.sent.bytesCrc });
  }

  /** Waits for the parts that are under way and says how far it came; what was not sent is forgotten. */
  async settle(): Promise<Progress> {
    await Promise.all(this.underWay);
    return this.reached;
  }

  private copy({ bytes, crc }: Block): void {
    this.filled += bytes.copy(this.buffer, this.filled);
    // Stryker disable next-line ConditionalExpression: combining checksums saves time only
    this.crc = crc === undefined ? crc32(bytes, this.crc) : combineCrc32(this.crc, crc, bytes.length);
  }

  /** @param which the last part has the end of the gzip member. No upload can be continued after it, so it is no progress */
  private async send(which?: 'last'): Promise<void> {
    const { buffer, crc } = this;
    const bytes = buffer.subarray(0, this.filled);
    this.sent = {
      ...this.upTo,
      parts: this.sent.parts + 1,
      bytes: this.sent.bytes + bytes.length,
      bytesCrc: combineCrc32(this.sent.bytesCrc, crc, bytes.length),
    };
    const entry = { progress: this.sent, done: false };
    if (which !== 'last') {
      this.pending.push(entry);
    }
    const part = { number: this.sent.parts, bytes, crc };
    const sending = this.opening
      .then((upload) => upload.put(part))
      .then(
        () => this.arrived(entry),
        (error: unknown) => {
          this.failure ??= { error };
        },
      )
      .finally(() => {
        this.underWay.delete(sending);
        this.free.push(buffer);
      });
    this.underWay.add(sending);
    while (this.underWay.size >= PARTS_UNDER_WAY) {
      await Promise.race(this.underWay);
    }
    this.throwIfFailed();
    this.buffer = this.free.pop() ?? Buffer.allocUnsafeSlow(this.capacity);
    this.filled = 0;
    this.crc = 0;
  }

  /** Parts arrive in any order; only those without a gap before them count. */
  private arrived(entry: { done: boolean }): void {
    entry.done = true;
    while (this.pending[0]?.done) {
      this.reached = (this.pending.shift() as { progress: Progress }).progress;
    }
  }

  private throwIfFailed(): void {
    if (this.failure !== undefined) {
      throw this.failure.error;
    }
  }
}
