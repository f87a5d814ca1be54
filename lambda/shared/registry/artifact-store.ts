import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { messageOf, RefusedError, TransientError } from '../errors';
import { checkBounds } from './artifact-bounds';
import { FileChangedError } from './http/failure';
import { streamBytes } from './http/stream-bytes';
import type { ArtifactFile, FilePosition, OpenedFile, S3Location } from './registry';
import { isWithin, parseS3Uri } from './s3-location';

const IDLE_MS = 60_000;

/** The place in S3 that an installation may read by itself, which spares the registry the bytes. */
export class ArtifactStore {
  /**
   * @param place a folder, or a whole bucket by an empty prefix
   * @param idleMs how long S3 may be silent, in milliseconds
   */
  constructor(
    private readonly client: S3Client,
    private readonly place: S3Location,
    private readonly idleMs = IDLE_MS,
  ) {}

  /**
   * The folder that an artifact's URI names, where it is in this store. The URI is the registry's word: any other place is not
   * looked at, whatever this installation could read there.
   */
  locate(uri: string): S3Location | undefined {
    const location = parseS3Uri(uri);
    return location && isWithin(location, this.place) ? location : undefined;
  }

  /**
   * All files below a folder, with S3's entity tags as checksums.
   *
   * @throws RefusedError for more than any model has: an URI may name a folder that holds everybody's
   */
  async list({ bucket, prefix }: S3Location): Promise<ArtifactFile[]> {
    const files: ArtifactFile[] = [];
    let characters = 0;
    try {
      const pages = paginateListObjectsV2({ client: this.client }, { Bucket: bucket, Prefix: prefix });
      for await (const { Contents } of pages) {
        for (const { Key = '', Size = 0, ETag } of Contents ?? []) {
          const path = Key.slice(prefix.length);
          characters += path.length;
          // The console marks a folder by an object of no bytes.
          if (!Key.endsWith('/')) {
            files.push({ path, size: Size, checksum: ETag && `etag:${ETag}` });
          }
        }
        checkBounds({ directories: 0, files: files.length, characters });
      }
    } catch (error) {
      throw asStoreError(`s3://${bucket}/${prefix}`, error);
    }
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** The bytes of one file, from a position on. */
  async open({ bucket, prefix }: S3Location, path: string, position?: FilePosition): Promise<OpenedFile> {
    const { offset, etag } = position ?? { offset: 0 };
    const where = `s3://${bucket}/${prefix}${path}`;
    let answer: GetObjectCommandOutput;
    try {
      answer = await this.client.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: `${prefix}${path}`,
          ...(offset === 0 ? {} : { Range: `bytes=${offset}-` }),
          ...(etag === undefined ? {} : { IfMatch: etag }),
        }),
      );
    } catch (error) {
      // S3 tells the object's size where nothing of it is left.
      if (offset > 0 && Number((error as { ActualObjectSize?: string }).ActualObjectSize) === offset) {
        return { bytes: Readable.from([]), size: offset, etag };
      }
      throw asStoreError(where, error);
    }
    const { Body, ETag, ContentLength, ContentRange = '' } = answer;
    if (!(Body instanceof Readable)) {
      throw new RefusedError(`${where} came without bytes`);
    }
    if (offset > 0 && !ContentRange.startsWith(`bytes ${offset}-`)) {
      Body.destroy();
      throw new RefusedError(
        `${where} answered the range ${JSON.stringify(ContentRange)} where the bytes from ${offset} on were asked for`,
      );
    }
    const size = ContentLength === undefined ? undefined : offset + ContentLength;
    return { bytes: streamBytes(Body, { skip: 0, idleMs: this.idleMs, where }), size, etag: ETag };
  }
}

/** An error of S3 in this project's terms, with what to do. */
function asStoreError(where: string, error: unknown): Error {
  if (error instanceof RefusedError) {
    return error;
  }
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  // Without an answer there is no status.
  const status = $metadata?.httpStatusCode ?? 0;
  const cause = { cause: error };
  switch (status) {
    case 403:
      return new RefusedError(
        `${where} cannot be read (${name}): the policies of the bucket and of its key must allow it, and a key of your own is ` +
          'named in kmsKeyArn of the context mlflow-mlops:artifact-store',
        cause,
      );
    case 404:
      return new RefusedError(`${where} does not exist (${name})`, cause);
    case 412:
      return new FileChangedError(`${where} changed while it was read`, cause);
    case 416:
      return new FileChangedError(`${where} has fewer bytes than were read of it: it changed while it was read`, cause);
    default:
      return status === 0 || status === 429 || status >= 500
        ? new TransientError(`${where} cannot be read now (${name}: ${messageOf(error)})`, cause)
        : new RefusedError(`${where} cannot be read (${name}: ${messageOf(error)})`, cause);
  }
}
