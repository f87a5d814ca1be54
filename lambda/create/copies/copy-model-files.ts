import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { atOnce } from '../../shared/at-once';
import { messageOf, TransientError } from '../../shared/errors';
import type { ArchiveEntry } from '../../shared/packing/archive-entry';
import { checkEntryNames } from '../../shared/packing/entry-names';
import { listedTag } from '../../shared/registry/as-listed';
import type { ArtifactFile, S3Location } from '../../shared/registry/registry';
import { asStepError } from '../../shared/step';
import { copiedFiles } from './copied-files';
import { copyFault } from './copy-fault';
import { CONTENT_TYPE, type Copying, copyInParts, copyWhole, type StoredFile } from './copy-file';
import { COPY_LIMITS, type CopyLimits } from './limits';
import { checkPrefixNames } from './prefix-names';

/** One model's files, to be copied from the registry's store. */
export interface CopyJob {
  readonly client: S3Client;
  /** Where the registry keeps the version's files. */
  readonly from: S3Location;
  /** The version's files as they were listed there; their checksums tell them from files that were written over them. */
  readonly files: readonly ArtifactFile[];
  /** What the endpoint gets, by `path`: a file of the store, or a text that is made here. */
  readonly entries: readonly ArchiveEntry[];
  /** The folder that they are copied into, which belongs to this content alone. */
  readonly to: S3Location;
  /** Ends the work; what is copied by then need not be copied again. */
  readonly stop: AbortSignal;
  readonly limits?: CopyLimits;
}

/** Files that are all there now, that were all there before, or that are to be gone on with by the same job. */
export type Copied = { readonly outcome: 'done' | 'found' } | { readonly outcome: 'paused'; readonly reason: string };

/**
 * Makes a folder of a model's files by copies that S3 makes itself: no byte of the store's files passes through here.
 *
 * Each object appears whole or not at all, so what is there with its size needs no second copy, and the folder's listing is
 * all that has to be known of earlier tries. It is done when that listing has every file and nothing else.
 *
 * @throws RefusedError for names that cannot be there, files that may not be read, and strangers in the folder; TransientError
 * for what passes by itself when not one file came of it
 */
export async function copyModelFiles(job: CopyJob): Promise<Copied> {
  const { client, entries, to, stop, limits = COPY_LIMITS } = job;
  checkEntryNames(entries);
  checkPrefixNames(to.prefix, entries);
  const sizes = new Map(entries.map((entry) => [entry.path, sizeOf(entry)]));
  const before = await copiedFiles(client, to, sizes);
  const missing = entries.filter(({ path }) => !before.has(path));
  if (missing.length === 0) {
    return { outcome: 'found' };
  }
  let copied = 0;
  const put = putter(job, { client, limits, stop });
  const isLarge = (entry: ArchiveEntry) => sizeOf(entry) > limits.wholeBytesMax;
  const work = async (entry: ArchiveEntry) => {
    await put(entry, isLarge(entry));
    copied += 1;
  };
  try {
    await atOnce(
      limits.atOnce,
      missing.filter((entry) => !isLarge(entry)),
      work,
    );
    // Large ones one after the other: each is copied in many parts at once.
    await atOnce(1, missing.filter(isLarge), work);
  } catch (error) {
    const reason = stop.aborted ? 'the time that a function has is over' : messageOf(error);
    if (copied > 0 && (stop.aborted || asStepError(error) instanceof TransientError)) {
      return { outcome: 'paused', reason };
    }
    throw stop.aborted ? new TransientError(`not one file was copied: ${reason}`) : error;
  }
  await checkAllThere(job, sizes);
  return { outcome: 'done' };
}

/** Puts one entry into the folder: a text by its bytes, a file by a copy. */
function putter(
  { from, files, to }: CopyJob,
  copying: Copying,
): (entry: ArchiveEntry, large: boolean) => Promise<void> {
  const etags = new Map(files.map((file) => [file.path, listedTag(file)]));
  return async (entry, large) => {
    const target = { bucket: to.bucket, key: to.prefix + entry.path };
    if ('content' in entry) {
      const object = { Bucket: target.bucket, Key: target.key, Body: entry.content, ContentType: CONTENT_TYPE };
      await copying.client.send(new PutObjectCommand(object), { abortSignal: copying.stop });
      return;
    }
    const { source, size } = entry;
    const file: StoredFile = { bucket: from.bucket, key: from.prefix + source, size, etag: etags.get(source) };
    await (large ? copyInParts : copyWhole)(copying, file, target).catch((error) => {
      throw copyFault(error, file);
    });
  };
}

async function checkAllThere({ client, to }: CopyJob, sizes: ReadonlyMap<string, number>): Promise<void> {
  const there = await copiedFiles(client, to, sizes);
  for (const [path, size] of sizes) {
    if (!there.has(path)) {
      throw new TransientError(`s3://${to.bucket}/${to.prefix}${path} was copied and is not there with ${size} bytes`);
    }
  }
}

function sizeOf(entry: ArchiveEntry): number {
  return 'content' in entry ? Buffer.byteLength(entry.content) : entry.size;
}
