import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ArchiveUpload, Part, UploadState, Whole } from './archive-upload';
import { MultipartUpload, type ObjectTarget } from './multipart';
import { SEGMENT } from './segment-name';

/** An object of its own that becomes one part of the whole. */
interface Segment {
  readonly index: number;
  readonly upload: MultipartUpload;
  /** Parts of it that are under way or sent. */
  readonly sent: Promise<void>[];
}

/**
 * An object of more parts than one upload takes: each so many parts are an upload of their own, whose object S3 then copies as
 * one part of the whole. So parts stay small, and with them the memory, up to S3's largest objects.
 */
export class SegmentedUpload implements ArchiveUpload {
  private current: Promise<Segment> | undefined;
  private index: number;

  /**
   * @param whole the upload of the whole object
   * @param segmentParts parts of one segment
   * @param state of an upload that is gone on with
   */
  constructor(
    private readonly client: S3Client,
    private readonly target: ObjectTarget,
    private readonly whole: MultipartUpload,
    private readonly segmentParts: number,
    state?: UploadState['segment'],
  ) {
    this.index = state?.index ?? -1;
    if (state !== undefined) {
      const upload = new MultipartUpload(client, this.segmentTarget(state.index), state.uploadId);
      // Stryker disable next-line ArrayDeclaration: Promise.all accepts values that are not promises
      this.current = Promise.resolve({ index: state.index, upload, sent: [] });
    }
  }

  async put(part: Part): Promise<void> {
    const index = Math.floor((part.number - 1) / this.segmentParts);
    if (index > this.index) {
      this.index = index;
      this.current = this.follow(index, this.current);
      this.current.catch(() => undefined);
    }
    const segment = (await this.current) as Segment;
    const sent = segment.upload.put({ ...part, number: part.number - index * this.segmentParts });
    segment.sent.push(sent);
    await sent;
  }

  async complete(whole: Whole): Promise<void> {
    const last = (await this.current) as Segment;
    await this.close(last, whole.parts - last.index * this.segmentParts);
    await this.whole.complete({ ...whole, parts: last.index + 1 });
  }

  async abort(): Promise<void> {
    await this.whole.abort();
    const segment = await this.current?.catch(() => undefined);
    await segment?.upload.abort();
  }

  async state(): Promise<UploadState> {
    const segment = await this.current;
    return {
      uploadId: this.whole.uploadId,
      ...(segment ? { segment: { index: segment.index, uploadId: segment.upload.uploadId } } : {}),
    };
  }

  /** Closes the segment before, and begins another one. */
  private async follow(index: number, before: Promise<Segment> | undefined): Promise<Segment> {
    const segment = await before;
    if (segment !== undefined) {
      await Promise.all(segment.sent);
      await this.close(segment, this.segmentParts);
    }
    // Stryker disable next-line ArrayDeclaration: Promise.all accepts values that are not promises
    return { index, upload: await MultipartUpload.begin(this.client, this.segmentTarget(index)), sent: [] };
  }

  private async close({ index, upload }: Segment, parts: number): Promise<void> {
    const { bucket, key } = this.segmentTarget(index);
    await upload.finish(parts);
    await this.whole.putCopy(index + 1, key);
    await this.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  private segmentTarget(index: number): ObjectTarget {
    return { bucket: this.target.bucket, key: `${this.target.key}${SEGMENT}${index + 1}` };
  }
}
