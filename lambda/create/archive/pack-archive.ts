import { setMaxListeners } from 'node:events';
import type { S3Client } from '@aws-sdk/client-s3';
import { TransientError } from '../../shared/errors';
import type { ArchiveEntry } from '../../shared/packing/archive-entry';
import { requirePartBytes } from '../../shared/packing/archive-size';
import { checkEntryNames } from '../../shared/packing/entry-names';
import { type OpenFile, type Retries, readFile } from '../../shared/registry/read-file';
import { asStepError } from '../../shared/step';
import { ChunkPool, chunksOf } from './chunks';
import { compress } from './gzip/compress';
import { fetchAhead } from './source/fetch-ahead';
import { tarPieces } from './tar/tar-pieces';
import { MultipartUpload, type ObjectTarget } from './upload/multipart';
import { NO_PROGRESS, PartWriter, type Progress } from './upload/part-writer';

/** Where a later invocation goes on: an open upload, and how far it came. Small, whatever the archive's size. */
export interface Checkpoint {
  readonly uploadId: string;
  readonly progress: Progress;
  /** Entity tag of the file that is continued: its rest must be of the same file. */
  readonly etag?: string | undefined;
}

/** One archive to be made. */
export interface PackJob {
  readonly entries: readonly ArchiveEntry[];
  /** Opens a file of the entries by its `source`. */
  readonly open: OpenFile;
  /** Called when all files were read; what it throws keeps the object from appearing. */
  readonly whenRead?: () => Promise<void>;
  readonly client: S3Client;
  readonly target: ObjectTarget;
  /** What an earlier invocation handed back for the same entries and target. */
  readonly checkpoint?: Checkpoint | undefined;
  /** Ends the work at the last part's boundary. */
  readonly stop: AbortSignal;
  /** Bytes of a part; by default as many as the archive needs. */
  readonly partBytes?: number;
  readonly retries?: Retries;
}

/** An archive that is in S3, or one that another invocation has to continue. */
export type Packed =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'paused'; readonly checkpoint: Checkpoint; readonly reason: string };

/**
 * Streams a `model.tar.gz` into S3: files to tar to gzip to parts, none of them held whole. The object appears whole or not at
 * all, and the same entries give the same bytes.
 *
 * If it breaks or takes too long, and at least one part was sent here, the result says where to continue.
 *
 * @throws RefusedError for names that cannot be in an archive and for one that is too large, before anything is sent; and for a
 * file whose bytes are not as many as listed: the upload is aborted then; TransientError for what passes by itself when no part
 * came of it
 */
export async function packArchive(job: PackJob): Promise<Packed> {
  const { entries, client, target, checkpoint, stop, retries } = job;
  checkEntryNames(entries);
  const partBytes = job.partBytes ?? requirePartBytes(entries);
  const from = checkpoint?.progress ?? NO_PROGRESS;
  // The first files are fetched meanwhile.
  const opening = checkpoint
    ? Promise.resolve(new MultipartUpload(client, target, checkpoint.uploadId))
    : MultipartUpload.begin(client, target);
  const parts = new PartWriter(opening, partBytes, from);
  const given = new AbortController();
  const signal = AbortSignal.any([stop, given.signal]);
  // Each of the files that are fetched ahead listens to it; Node warns of a leak above ten.
  setMaxListeners(0, signal);
  const etags = new Map<string, string>();
  const open = noting(etags, job.open);
  try {
    const pool = new ChunkPool();
    const pieces = tarPieces(entries, from.tarBytes);
    const tar = fetchAhead(pieces, (piece) => {
      // Only the file that an earlier invocation began has a part behind it.
      // Stryker disable next-line OptionalChaining: a piece starts within a file only after a checkpoint
      const etag = piece.from > 0 ? checkpoint?.etag : undefined;
      return readFile(open, { ...piece, etag }, signal, retries);
    });
    for await (const { blocks, chunk, upTo } of compress(chunksOf(tar, pool), from)) {
      await parts.append(blocks, upTo);
      pool.giveBack(chunk);
    }
    await job.whenRead?.();
    await parts.finish();
    return { outcome: 'done' };
  } catch (error) {
    given.abort(error);
    const progress = await parts.settle();
    const upload = await opening;
    const passes = stop.aborted || asStepError(error) instanceof TransientError;
    // After a conflict, S3 wants a new upload (docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
    const lost = (error as Error).name === 'ConditionalRequestConflict';
    if (passes && !lost && progress.parts > from.parts) {
      const etag = tagAt(entries, progress, etags);
      const next = { uploadId: upload.uploadId, progress, etag };
      return { outcome: 'paused', checkpoint: next, reason: reasonOf(stop, error) };
    }
    // Only an earlier invocation's parts are worth keeping, and only when trying again can help.
    if (!passes || lost || checkpoint === undefined) {
      await upload.abort();
    }
    throw stop.aborted ? new TransientError(`not one part was done: ${reasonOf(stop, error)}`) : error;
  }
}

/** Opens files and notes their entity tags. */
function noting(etags: Map<string, string>, open: OpenFile): OpenFile {
  return async (source, position) => {
    const opened = await open(source, position);
    if (opened.etag !== undefined) {
      etags.set(source, opened.etag);
    }
    return opened;
  };
}

/** The entity tag of the file that an archive which came so far is in the middle of. */
function tagAt(
  entries: readonly ArchiveEntry[],
  { tarBytes }: Progress,
  etags: ReadonlyMap<string, string>,
): string | undefined {
  const { value: piece } = tarPieces(entries, tarBytes).next();
  return piece === undefined || Buffer.isBuffer(piece) || piece.from === 0 ? undefined : etags.get(piece.source);
}

function reasonOf(stop: AbortSignal, error: unknown): string {
  return stop.aborted ? 'the time that a function has is over' : asStepError(error).message;
}
