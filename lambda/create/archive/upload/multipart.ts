import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  type Part as ListedPart,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/** Where an object goes. */
export interface ObjectTarget {
  readonly bucket: string;
  readonly key: string;
}

/** A part of an object, in the order of `number`, which begins at 1. */
export interface Part {
  readonly number: number;
  readonly bytes: Buffer;
  readonly crc: number;
}

/** A whole object. */
export interface Whole {
  readonly parts: number;
  readonly bytes: number;
  readonly crc: number;
}

/** What S3 answers a completion whose object can be there all the same: another writer's, or this one's whose answer was lost. */
const MAY_BE_THERE = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchUpload'];

/** Whether an object is there. */
export async function exists(client: S3Client, { bucket, key }: ObjectTarget): Promise<boolean> {
  try {
    await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFound') {
      return false;
    }
    throw error;
  }
}

/**
 * S3's multipart upload of one object, which appears whole or not at all. S3 checks each part by its CRC32 and the whole by the
 * one of all bytes (docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html, full object checksums).
 */
export class MultipartUpload {
  constructor(
    private readonly client: S3Client,
    private readonly target: ObjectTarget,
    readonly uploadId: string,
  ) {}

  static async begin(client: S3Client, target: ObjectTarget): Promise<MultipartUpload> {
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({
        Bucket: target.bucket,
        Key: target.key,
        ContentType: 'application/gzip',
        ChecksumAlgorithm: 'CRC32',
        ChecksumType: 'FULL_OBJECT',
      }),
    );
    return new MultipartUpload(client, target, UploadId as string);
  }

  /** Sends a part; several may be under way at once. One that is sent again replaces what was sent. */
  async put({ number, bytes, crc }: Part): Promise<void> {
    await this.client.send(
      new UploadPartCommand({
        ...this.address(),
        PartNumber: number,
        Body: bytes,
        ContentLength: bytes.length,
        ChecksumCRC32: checksumHeader(crc),
      }),
    );
  }

  /**
   * Makes the object appear from its first parts, if S3 finds that it has this length and checksum. Of two writers of one key, the
   * first makes the object and the other one's parts are deleted: the key says what the object holds.
   */
  async complete({ parts, bytes, crc }: Whole): Promise<void> {
    const listed = (await this.listParts()).slice(0, parts);
    try {
      await this.client.send(
        new CompleteMultipartUploadCommand({
          ...this.address(),
          MultipartUpload: { Parts: listed.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })) },
          ChecksumCRC32: checksumHeader(crc),
          ChecksumType: 'FULL_OBJECT',
          MpuObjectSize: bytes,
          IfNoneMatch: '*',
        }),
      );
    } catch (error) {
      if (!MAY_BE_THERE.includes((error as Error).name) || !(await exists(this.client, this.target))) {
        throw error;
      }
      await this.abort();
    }
  }

  /** Deletes the parts. Where this fails, the next sync's garbage collection does it. */
  async abort(): Promise<void> {
    await this.client.send(new AbortMultipartUploadCommand(this.address())).catch(() => undefined);
  }

  /**
   * What S3 has of it: also the parts that an earlier invocation sent.
   *
   * The SDK's paginator goes by the marker alone, which S3 sends with the last page too: it would list the parts for ever
   * (docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html, IsTruncated).
   */
  private async listParts(): Promise<ListedPart[]> {
    const parts: ListedPart[] = [];
    let marker: string | undefined;
    do {
      const page = await this.client.send(new ListPartsCommand({ ...this.address(), PartNumberMarker: marker }));
      // Stryker disable next-line ArrayDeclaration: S3 omits Parts only for an upload without parts
      parts.push(...(page.Parts ?? []));
      marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
    return parts;
  }

  private address() {
    return { Bucket: this.target.bucket, Key: this.target.key, UploadId: this.uploadId };
  }
}

/** A CRC32 as S3's headers carry it: four bytes, the highest first, in base64. */
export function checksumHeader(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}
