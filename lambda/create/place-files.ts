import type { S3Client } from '@aws-sdk/client-s3';
import { archiveKey, contentPrefix, filesPrefix } from '../shared/packing/content-key';
import type { PreparedPackage } from '../shared/packing/prepare';
import { takeMark } from '../shared/packing/unused-mark';
import type { OpenFile, Retries } from '../shared/registry/read-file';
import type { S3Location } from '../shared/registry/registry';
import { type Checkpoint, packArchive } from './archive/pack-archive';
import { exists, MultipartUpload } from './archive/upload/multipart';
import { copyModelFiles } from './copies/copy-model-files';
import { checkSame, openSame } from './same-folder';

/** A version's files, on their way to where an endpoint can get them. */
export interface Placing {
  readonly client: S3Client;
  readonly prepared: PreparedPackage;
  /** Opens a file of the version. */
  readonly open: OpenFile;
  /** The bucket of what is packed. */
  readonly bucket: string;
  readonly groupName: string;
  readonly checkpoint: Checkpoint | undefined;
  /** Ends the work in time to hand it on. */
  readonly stop: AbortSignal;
  /** How a download that breaks is tried again, where it is not as usual. */
  readonly retries?: Retries;
}

/** Files that an endpoint can get at `url`, now or before; or work that another invocation has to continue. */
export type Placed =
  | { readonly outcome: 'done' | 'found'; readonly url: string }
  | { readonly outcome: 'paused'; readonly checkpoint?: Checkpoint; readonly reason: string };

/** Puts a version's files where its package will refer to: as an archive, or by S3's own copies. */
export async function placeFiles(placing: Placing): Promise<Placed> {
  const placed = await place(placing);
  if (placed.outcome !== 'paused') {
    // They may have lain there unused; from now on a package refers to them.
    const { client, bucket, groupName, prepared } = placing;
    await takeMark(client, { bucket, prefix: contentPrefix(groupName, prepared.contentKey) });
  }
  return placed;
}

function place(placing: Placing): Promise<Placed> {
  const { store } = placing.prepared;
  return store === undefined ? placeArchive(placing) : placeCopies(placing, store);
}

/**
 * Packages an archive unless it is in S3 already: its key says what it holds, and it appears whole or not at all. Two versions with
 * one archive may be packaged at the same time. One of them then finds the other's archive, here or when it completes its own.
 */
async function placeArchive({ client, prepared, bucket, groupName, checkpoint, ...placing }: Placing): Promise<Placed> {
  const target = { bucket, key: archiveKey(groupName, prepared.contentKey) };
  const url = `s3://${bucket}/${target.key}`;
  if (await exists(client, target)) {
    if (checkpoint !== undefined) {
      await new MultipartUpload(client, target, checkpoint.uploadId).abort();
    }
    return { outcome: 'found', url };
  }
  const { open, stop, retries } = placing;
  const packed = await packArchive({
    entries: prepared.packaging.entries,
    open: openSame(prepared, open),
    whenRead: () => checkSame(prepared, open, stop, retries),
    client,
    target,
    checkpoint,
    stop,
    ...(retries === undefined ? {} : { retries }),
  });
  return packed.outcome === 'paused' ? packed : { outcome: 'done', url };
}

async function placeCopies({ client, prepared, bucket, groupName, stop }: Placing, from: S3Location): Promise<Placed> {
  const { files, packaging, contentKey } = prepared;
  const to = { bucket, prefix: filesPrefix(groupName, contentKey) };
  const copied = await copyModelFiles({ client, from, files, entries: packaging.entries, to, stop });
  return copied.outcome === 'paused' ? copied : { outcome: copied.outcome, url: `s3://${bucket}/${to.prefix}` };
}
