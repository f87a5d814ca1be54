import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  type Part as ListedPart,
  ListPartsCommand,
  NoSuchUpload,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { checksumHeader } from '../checksum/header';
import type { ArchiveUpload, Part, UploadState, Whole } from './archive-upload';

/** Where an object goes. */
export interface ObjectTarget {
  readonly bucket: string;
  readonly key: string;
}

/**
 * S3's multipart upload of one object. S3 checks each part by its CRC32 and the whole by the one of all bytes
 * (docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html, full object checksums).
 */
export class MultipartUpload implements ArchiveUpload {
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

  async complete({ parts, bytes, crc }: Whole): Promise<void> {
    await this.finish(parts, { ChecksumCRC32: checksumHeader(crc), ChecksumType: 'FULL_OBJECT', MpuObjectSize: bytes });
  }

  /** Makes the object appear from its first parts, of which S3 has checked each. */
  async finish(parts: number, expected: Partial<CompleteMultipartUploadCommandInput> = {}): Promise<void> {
    const listed = (await this.listParts()).slice(0, parts);
    try {
      await this.client.send(
        new CompleteMultipartUploadCommand({
          ...this.address(),
          MultipartUpload: { Parts: listed.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })) },
          ...expected,
        }),
      );
    } catch (error) {
      // Where S3's answer was lost and the SDK asked once more, the upload is gone because the object is there.
      const bytes = listed.reduce((sum, { Size = 0 }) => sum + Size, 0);
      if (!(error instanceof NoSuchUpload && (await this.appeared(bytes)))) {
        throw error;
      }
    }
  }

  /** Whether the object is there, with so many bytes. */
  private async appeared(bytes: number): Promise<boolean> {
    const { bucket, key } = this.target;
    const object = await this.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).catch(() => undefined);
    return object?.ContentLength === bytes;
  }

  /** Takes an object of the same bucket as a part; no byte of it passes through here. */
  async putCopy(number: number, key: string): Promise<void> {
    await this.client.send(
      new UploadPartCopyCommand({
        ...this.address(),
        PartNumber: number,
        CopySource: `${this.target.bucket}/${key.split('/').map(encodeURIComponent).join('/')}`,
      }),
    );
  }

  async abort(): Promise<void> {
    await this.client.send(new AbortMultipartUploadCommand(this.address()));
  }

  async state(): Promise<UploadState> {
    return { uploadId: this.uploadId };
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
