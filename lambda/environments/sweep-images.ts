import { type BuildRecord, USE_MS } from './build-record';
import type { StoredBuild } from './environment-builds';
import type { StoredImage } from './environment-images';

/** How old an image is at least when it is deleted. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
/** How long the deletion of one image may take; after that, whoever marked it is dead. */
const DELETION_MS = 20 * 60 * 1000;

/** What the sweep reads and deletes. */
export interface Effects {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly images: () => Promise<StoredImage[]>;
  readonly records: () => Promise<Map<string, StoredBuild>>;
  /** URIs of the images that packages and SageMaker's models name, page by page, every page. */
  readonly usedImages: () => AsyncIterable<string>;
  /** @returns undefined where the record was not any more as `before` says */
  readonly write: (digest: string, before: StoredBuild, record: BuildRecord) => Promise<StoredBuild | undefined>;
  readonly deleteImage: (imageDigest: string) => Promise<void>;
  readonly deleteFiles: (digest: string) => Promise<void>;
  readonly deleteRecord: (digest: string, before: StoredBuild) => Promise<boolean>;
}

/** Counts of what a sweep deleted. */
export interface Swept {
  readonly images: number;
  /** Records of environments that have no image. */
  readonly records: number;
}

/**
 * Deletes images that are at least 30 days old and that neither a package nor a model of SageMaker names, with their files and
 * records; also the records of builds that failed as long ago. Everything is read in full before the first deletion: where a
 * listing fails, nothing is deleted.
 */
export async function sweepImages(effects: Effects): Promise<Swept> {
  const now = effects.now();
  const images = await effects.images();
  const records = await effects.records();
  const old = images.filter((image) =>
    isOld(image, image.digest === undefined ? undefined : records.get(image.digest), now),
  );
  const unused = await withoutUsed(old, effects);
  let deleted = 0;
  for (const { imageDigest, digest } of unused) {
    deleted += (await deleteOne(imageDigest, digest, records, effects)) ? 1 : 0;
  }
  const tags = new Set(images.flatMap(({ digest }) => digest ?? []));
  const stale = [...records].filter(([digest, { record }]) => !tags.has(digest) && isStale(record, now));
  for (const [digest, stored] of stale) {
    if (await effects.deleteRecord(digest, stored)) {
      await effects.deleteFiles(digest);
    }
  }
  return { images: deleted, records: stale.length };
}

/** Whether an image was neither pushed nor used of late, and nobody builds it. */
function isOld({ pushedAt }: StoredImage, stored: StoredBuild | undefined, now: number): boolean {
  const { usedAt = 0 } = stored?.record ?? {};
  return now - pushedAt >= KEPT_MS && !isUnderWay(stored?.record, now) && now - usedAt >= USE_MS;
}

/** Whether a record without an image is of no use any more: a build would be repeated anyway. */
function isStale(record: BuildRecord | undefined, now: number): boolean {
  return record !== undefined && !isUnderWay(record, now) && now - record.startedAt >= KEPT_MS;
}

function isUnderWay(record: BuildRecord | undefined, now: number): boolean {
  return record?.state === 'building' && record.expiresAt > now;
}

/** Reads what is used until each of the images is found to be, which is soon the case where all of them are. */
async function withoutUsed(images: readonly StoredImage[], { usedImages }: Effects): Promise<StoredImage[]> {
  const unused = new Map(images.map((image) => [image.imageDigest, image]));
  if (unused.size === 0) {
    return [];
  }
  for await (const uri of usedImages()) {
    for (const imageDigest of unused.keys()) {
      if (uri.includes(imageDigest)) {
        unused.delete(imageDigest);
      }
    }
    if (unused.size === 0) {
      break;
    }
  }
  return [...unused.values()];
}

/** The record is marked first: whoever wants the image from then on waits, and builds it again. */
async function deleteOne(
  imageDigest: string,
  digest: string | undefined,
  records: ReadonlyMap<string, StoredBuild>,
  effects: Effects,
): Promise<boolean> {
  const now = effects.now();
  if (digest === undefined) {
    await effects.deleteImage(imageDigest);
    return true;
  }
  const before = records.get(digest) ?? { revision: 0 };
  const mark: BuildRecord = {
    ...{ owner: 'sweep', token: '', attempts: 0, models: [], startedAt: now },
    ...before.record,
    ...{ state: 'deleting', expiresAt: now + DELETION_MS },
  };
  const marked = await effects.write(digest, before, mark);
  if (marked === undefined) {
    // Somebody uses or builds it just now.
    return false;
  }
  await effects.deleteImage(imageDigest);
  await effects.deleteFiles(digest);
  await effects.deleteRecord(digest, marked);
  return true;
}
