import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { atOnce } from '../../shared/at-once';
import { copySource } from './copy-source';
import type { CopyLimits } from './limits';

/** Data, whatever the name says: nobody opens it in a browser. */
export const CONTENT_TYPE = 'application/octet-stream';

/** An object of a store, as its listing told of it. */
export interface StoredFile {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  /** As S3 sends it, quotes included; absent where the listing tells none. */
  readonly etag?: string | undefined;
}

/** Where a copy goes. */
export interface CopyTarget {
  readonly bucket: string;
  readonly key: string;
}

/** How objects are copied, and when no more. */
export interface Copying {
  readonly client: S3Client;
  readonly limits: CopyLimits;
  readonly stop: AbortSignal;
}

/**
 * Has S3 copy one object by a single call: its bytes pass through nobody else. It is the object that was listed, or none.
 * Its metadata and tags stay behind: they are the store's, and reading tags would be one more right.
 */
export async function copyWhole({ client, stop }: Copying, from: StoredFile, to: CopyTarget): Promise<void> {
  await client.send(
    new CopyObjectCommand({
      Bucket: to.bucket,
      Key: to.key,
      CopySource: copySource(from.bucket, from.key),
      CopySourceIfMatch: from.etag,
      ContentType: CONTENT_TYPE,
      MetadataDirective: 'REPLACE',
      TaggingDirective: 'REPLACE',
    }),
    { abortSignal: stop },
  );
}

/** Has S3 copy one large object in parts, several at once. The object appears whole or not at all. */
export async function copyInParts(copying: Copying, from: StoredFile, to: CopyTarget): Promise<void> {
  const { client, limits, stop } = copying;
  const options = { abortSignal: stop };
  // All parts must be of one and the same object.
  const etag = from.etag ?? (await etagOf(copying, from));
  const address = { Bucket: to.bucket, Key: to.key };
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...address, ContentType: CONTENT_TYPE }),
    options,
  );
  const upload = { ...address, UploadId };
  const parts: CompletedPart[] = [];
  try {
    await atOnce(limits.atOnce, ranges(from.size, limits), async ({ number, first, last }) => {
      const { CopyPartResult } = await client.send(
        new UploadPartCopyCommand({
          ...upload,
          PartNumber: number,
          CopySource: copySource(from.bucket, from.key),
          CopySourceRange: `bytes=${first}-${last}`,
          CopySourceIfMatch: etag,
        }),
        options,
      );
      parts[number - 1] = { PartNumber: number, ETag: CopyPartResult?.ETag };
    });
    await client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts }, MpuObjectSize: from.size }),
      options,
    );
  } catch (error) {
    // What cannot be cleaned up now is swept by the bucket's own rule.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

async function etagOf({ client, stop }: Copying, { bucket, key }: StoredFile): Promise<string | undefined> {
  const { ETag } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: stop });
  return ETag;
}

/** The parts of an object, as their numbers and first and last bytes; larger ones where it would have too many. */
function* ranges(size: number, limits: CopyLimits): Generator<{ number: number; first: number; last: number }> {
  const bytes = Math.max(limits.partBytes, Math.ceil(size / limits.parts));
  for (let first = 0, number = 1; first < size; first += bytes, number++) {
    yield { number, first, last: Math.min(first + bytes, size) - 1 };
  }
}
