import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { atOnce } from '../shared/at-once';
import { groupPrefix } from '../shared/packing/content-key';
import { putMark, readMark, takeMark } from '../shared/packing/unused-mark';
import type { S3Location } from '../shared/registry/registry';
import { type Fate, fateOf, foldersInUse } from './unused';

/** Each takes a list and the tags of one object: a group of a thousand folders is looked through in seconds. */
const FOLDERS_AT_ONCE = 8;

/** A group whose archives are looked through. Nothing is packed for it meanwhile. */
export interface SweepJob {
  readonly client: S3Client;
  readonly bucket: string;
  readonly groupName: string;
  /** What the group's packages refer to; asked for only where there is something that they could. */
  readonly urls: () => Promise<readonly string[]>;
  readonly now: number;
}

/** How many folders were marked as unused, lost that mark and were deleted, and how many uploads given up. */
export interface Swept {
  readonly marked: number;
  readonly unmarked: number;
  readonly deleted: number;
  readonly uploads: number;
}

/**
 * Deletes what no package of a group has referred to for {@link GRACE_MS}, and gives up uploads that nobody goes on with. What
 * the bucket keeps of deleted objects for some time is its own matter.
 *
 * @throws where S3 refuses a call; what was done until then counts, and the next sweep goes on from there
 */
export async function sweepGroup({ client, bucket, groupName, urls, now }: SweepJob): Promise<Swept> {
  const group = { bucket, prefix: groupPrefix(groupName) };
  const uploads = await abortUploads(client, group);
  const prefixes = await listFolders(client, group);
  const folders = prefixes.length === 0 ? [] : foldersInUse(bucket, prefixes, await urls());
  const fates: Record<Fate, number> = { keep: 0, unmark: 0, mark: 0, wait: 0, delete: 0 };
  await atOnce(FOLDERS_AT_ONCE, folders, async ({ prefix, used }) => {
    const folder = { bucket, prefix };
    const fate = fateOf(used, await readMark(client, folder), now);
    if (fate === 'mark') {
      await putMark(client, folder, now);
    } else if (fate === 'unmark') {
      await takeMark(client, folder);
    } else if (fate === 'delete') {
      await deleteFolder(client, folder);
    }
    fates[fate]++;
  });
  return { marked: fates.mark, unmarked: fates.unmark, deleted: fates.delete, uploads };
}

async function listFolders(client: S3Client, { bucket, prefix }: S3Location): Promise<string[]> {
  const folders: string[] = [];
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix, Delimiter: '/' });
  for await (const { CommonPrefixes } of pages) {
    folders.push(...(CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []));
  }
  return folders;
}

/** Page by page: a folder may have any number of files. The mark's carrier is the first, so it goes first, and a rest is marked anew. */
async function deleteFolder(client: S3Client, { bucket, prefix }: S3Location): Promise<void> {
  for await (const { Contents } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
    const Objects = (Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : { Key }));
    if (Objects.length > 0) {
      const { Errors } = await client.send(
        new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
      );
      const [fault] = Errors ?? [];
      if (fault !== undefined) {
        throw new Error(`s3://${bucket}/${fault.Key} cannot be deleted: ${fault.Code} ${fault.Message}`);
      }
    }
  }
}

async function abortUploads(client: S3Client, { bucket, prefix }: S3Location): Promise<number> {
  let aborted = 0;
  for (;;) {
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }));
    for (const { Key, UploadId } of Uploads ?? []) {
      await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
      aborted++;
    }
    if ((Uploads ?? []).length === 0) {
      return aborted;
    }
  }
}
