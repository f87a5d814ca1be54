import { randomUUID } from 'node:crypto';
import { combineCrc32, encodeCrc32 } from './crc32';
import type { Received } from './receive-body';
import { S3Error } from './s3-error';

/** What S3 wants of every part but the last (docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). */
export const PART_BYTES_MIN = 5 * 1024 * 1024;
const PARTS_MAX = 10_000;
/** Parts that S3 lists at a time, at most. */
export const LISTED_MAX = 1_000;

/** How an upload is checksummed, as its beginning said. */
export interface ChecksumWish {
  readonly algorithm: string | undefined;
  readonly type: string | undefined;
}

/** A part that the last request of an upload names. */
export interface NamedPart {
  readonly number: number;
  readonly etag: string;
  readonly crc32: string | undefined;
}

/** What the last request says of the whole. */
export interface WholeObject {
  readonly size: string | undefined;
  readonly crc32: string | undefined;
  readonly type: string | undefined;
}

/** A part as a listing has it. */
export interface ListedPart {
  readonly number: number;
  readonly etag: string;
  readonly size: number;
  readonly crc32: string;
}

interface Part extends Received {
  readonly etag: string;
}

/** A multipart upload that is under way, with S3's rules for its parts. */
export class MultipartUpload {
  readonly id = randomUUID();
  private readonly parts = new Map<number, Part>();

  /** @throws S3Error for a checksum that this sink cannot check */
  constructor(
    readonly key: string,
    private readonly wish: ChecksumWish,
    private readonly partBytesMin: number,
  ) {
    if (wish.algorithm !== undefined && wish.algorithm !== 'CRC32') {
      throw new S3Error(
        501,
        'NotImplemented',
        `the checksum algorithm ${wish.algorithm} is not checked here: ask for CRC32`,
      );
    }
    if (!['COMPOSITE', 'FULL_OBJECT', undefined].includes(wish.type) || (wish.type && !wish.algorithm)) {
      throw new S3Error(400, 'InvalidRequest', `The checksum type ${wish.type} does not go with ${wish.algorithm}`);
    }
  }

  /** The number that a part's request has. @throws S3Error for one that S3 does not take */
  static numberOf(text: string | null): number {
    const number = Number(text);
    if (!Number.isInteger(number) || number < 1 || number > PARTS_MAX) {
      throw new S3Error(400, 'InvalidArgument', `Part number must be an integer between 1 and ${PARTS_MAX}, inclusive`);
    }
    return number;
  }

  /** Takes a part, and gives its ETag. @throws S3Error when it is checksummed otherwise than the upload */
  add(number: number, received: Received): string {
    if (received.checksummed !== (this.wish.algorithm !== undefined)) {
      const [expected, actual] = received.checksummed ? ['null', 'crc32'] : ['crc32', 'null'];
      throw new S3Error(
        400,
        'InvalidRequest',
        `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${actual}`,
      );
    }
    // S3's is an MD5 in most cases; nobody may rely on that, and hashing would take from those that are measured.
    const etag = `"${randomUUID().replaceAll('-', '')}"`;
    this.parts.set(number, { ...received, etag });
    return etag;
  }

  /** The parts that are there behind a number, as many as are asked for, and whether there are more. */
  list(after: number, count: number): { readonly listed: readonly ListedPart[]; readonly more: boolean } {
    const all = [...this.parts].filter(([number]) => number > after).sort(([first], [second]) => first - second);
    const listed = all
      .slice(0, Math.min(count, LISTED_MAX))
      .map(([number, { etag, size, crc32 }]) => ({ number, etag, size, crc32: encodeCrc32(crc32) }));
    return { listed, more: all.length > listed.length };
  }

  /**
   * The parts of the object, in their order.
   *
   * @throws S3Error as S3 answers parts that do not make an object
   */
  complete(named: readonly NamedPart[], whole: WholeObject): readonly Received[] {
    const parts = named.map((part) => this.find(part));
    if (parts.length === 0) {
      throw new S3Error(400, 'MalformedXML', 'The XML you provided was not well-formed');
    }
    if (named.some(({ number }, index) => number <= (named[index - 1]?.number ?? 0))) {
      throw new S3Error(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
    }
    if (parts.slice(0, -1).some(({ size }) => size < this.partBytesMin)) {
      throw new S3Error(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
    }
    this.checkWhole(parts, whole);
    return parts;
  }

  private find({ number, etag, crc32 }: NamedPart): Part {
    const part = this.parts.get(number);
    if (part === undefined || part.etag !== etag || (crc32 !== undefined && crc32 !== encodeCrc32(part.crc32))) {
      throw new S3Error(400, 'InvalidPart', `Part ${number} could not be found, or is not the one that was uploaded.`);
    }
    if (crc32 === undefined && this.wish.algorithm !== undefined && this.wish.type !== 'FULL_OBJECT') {
      throw new S3Error(400, 'InvalidRequest', `The complete request must include the checksum for part ${number}.`);
    }
    return part;
  }

  private checkWhole(parts: readonly Part[], { size, crc32, type }: WholeObject): void {
    if (type !== undefined && type !== this.wish.type) {
      throw new S3Error(400, 'InvalidRequest', `The upload's checksum type is ${this.wish.type}, not ${type}`);
    }
    const bytes = parts.reduce((sum, part) => sum + part.size, 0);
    if (size !== undefined && Number(size) !== bytes) {
      throw new S3Error(400, 'InvalidRequest', `The object has ${bytes} bytes, and x-amz-mp-object-size says ${size}`);
    }
    if (crc32 !== undefined && this.wish.type === 'FULL_OBJECT') {
      const actual = parts.reduce((sum, part) => combineCrc32(sum, part.crc32, part.size), 0);
      if (crc32 !== encodeCrc32(actual)) {
        throw new S3Error(400, 'BadDigest', 'The CRC32 you specified did not match the calculated checksum.');
      }
    }
  }
}
