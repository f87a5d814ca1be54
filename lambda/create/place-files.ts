import type { S3Client } from '@aws-sdk/client-s3';
import { archiveKey, contentPrefix, filesPrefix } from '../shared/packing/content-key';
import type { PreparedPackage } from '../shared/packing/prepare';
import { takeMark } from '../shared/packing/unused-mark';
import type { OpenFile, Retries } from '../shared/registry/read-file';
import { ensureArchive } from './archive/ensure-archive';
import type { Checkpoint } from './archive/pack-archive';
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

/** Files that an endpoint can get at `url`, now or before; or work that is to be gone on with. */
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

async function place(placing: Placing): Promise<Placed> {
  const { bucket, groupName, prepared } = placing;
  const { contentKey, store } = prepared;
  if (store === undefined) {
    const key = archiveKey(groupName, contentKey);
    const { client, checkpoint, stop, retries } = placing;
    const packed = await ensureArchive({
      entries: prepared.packaging.entries,
      open: openSame(prepared, placing.open),
      whenRead: () => checkSame(prepared, placing.open, stop, retries),
      client,
      target: { bucket, key },
      checkpoint,
      stop,
      ...(retries === undefined ? {} : { retries }),
    });
    return packed.outcome === 'paused' ? packed : { outcome: packed.outcome, url: `s3://${bucket}/${key}` };
  }
  const prefix = filesPrefix(groupName, contentKey);
  const copied = await copyModelFiles({
    client: placing.client,
    from: store,
    files: prepared.files,
    entries: prepared.packaging.entries,
    to: { bucket, prefix },
    stop: placing.stop,
  });
  return copied.outcome === 'paused' ? copied : { outcome: copied.outcome, url: `s3://${bucket}/${prefix}` };
}
