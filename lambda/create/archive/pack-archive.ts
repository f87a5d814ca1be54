import type { S3Client } from '@aws-sdk/client-s3';
import { TransientError } from '../../shared/errors';
import type { ArchiveEntry } from '../../shared/packing/archive-entry';
import { checkEntryNames } from '../../shared/packing/entry-names';
import { asStepError } from '../../shared/step';
import { ChunkPool, chunksOf } from './chunks';
import { compress } from './gzip/compress';
import { Deflaters } from './gzip/deflaters';
import { storedLength } from './gzip/stored-blocks';
import { fetchAhead } from './source/fetch-ahead';
import { type OpenFile, type Retries, readFile } from './source/read-file';
import { tarLength, tarPieces } from './tar/tar-pieces';
import type { UploadState } from './upload/archive-upload';
import { UPLOAD_LIMITS, type UploadLimits } from './upload/limits';
import type { ObjectTarget } from './upload/multipart';
import { openUpload } from './upload/open-upload';
import { NO_PROGRESS, PartWriter, type Progress } from './upload/part-writer';

/** Where a later invocation goes on: an open upload, and how far it came. Small, whatever the archive's size. */
export interface Checkpoint {
  readonly upload: UploadState;
  readonly progress: Progress;
}

/** One archive to be made. */
export interface PackJob {
  readonly entries: readonly ArchiveEntry[];
  /** Opens a file of the entries by its `source`. */
  readonly open: OpenFile;
  readonly client: S3Client;
  readonly target: ObjectTarget;
  /** What an earlier invocation handed back for the same entries and target. */
  readonly checkpoint?: Checkpoint | undefined;
  /** Ends the work at the last part's boundary. */
  readonly stop: AbortSignal;
  readonly limits?: UploadLimits;
  readonly retries?: Retries;
}

/** An archive that is in S3, or one that is to be gone on with. */
export type Packed =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'paused'; readonly checkpoint: Checkpoint; readonly reason: string };

/**
 * Streams a `model.tar.gz` into S3: files to tar to gzip to parts, none of them held whole. The object appears whole or not at
 * all, and the same entries give the same bytes.
 *
 * What breaks or takes too long is handed back to be gone on with, if at least one part was sent since it began here.
 *
 * @throws RefusedError for names that cannot be in an archive and for a file whose bytes are not as many as listed: the upload is
 * aborted then; TransientError for what passes by itself when no part came of it
 */
export async function packArchive(job: PackJob): Promise<Packed> {
  const { entries, open, client, target, checkpoint, stop, limits = UPLOAD_LIMITS, retries } = job;
  checkEntryNames(entries);
  const from = checkpoint?.progress ?? NO_PROGRESS;
  // The first files are fetched meanwhile.
  const opening = openUpload(client, target, storedLength(tarLength(entries)), limits, checkpoint?.upload);
  const parts = new PartWriter(opening, limits.partBytes, from);
  const deflaters = new Deflaters();
  const given = new AbortController();
  const signal = AbortSignal.any([stop, given.signal]);
  try {
    const pool = new ChunkPool();
    const pieces = tarPieces(entries, from.tarBytes);
    const tar = fetchAhead(pieces, (piece) => readFile(open, piece, signal, retries));
    for await (const { blocks, chunk, upTo } of compress(chunksOf(tar, pool), deflaters, from)) {
      await parts.append(blocks, upTo);
      pool.giveBack(chunk);
    }
    await parts.finish();
    return { outcome: 'done' };
  } catch (error) {
    given.abort(error);
    const progress = await parts.settle();
    const upload = await opening;
    const passes = stop.aborted || asStepError(error) instanceof TransientError;
    if (passes && progress.parts > from.parts) {
      return {
        outcome: 'paused',
        checkpoint: { upload: await upload.state(), progress },
        reason: reasonOf(stop, error),
      };
    }
    // Only an earlier invocation's parts are worth keeping, and only when trying again can help.
    if (!passes || checkpoint === undefined) {
      await upload.abort().catch(() => undefined);
    }
    throw stop.aborted ? new TransientError(`not one part was done: ${reasonOf(stop, error)}`) : error;
  } finally {
    await deflaters.close();
  }
}

function reasonOf(stop: AbortSignal, error: unknown): string {
  return stop.aborted ? 'the time that a function has is over' : asStepError(error).message;
}
