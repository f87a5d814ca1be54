import { RefusedError } from '../errors';
import { type ArchiveEntry, entryBytes } from './archive-entry';
import { MODEL_DATA_TAG } from './steering';

const MIB = 1024 ** 2;
/**
 * Parts of one upload (docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). S3 takes parts of 5 MiB to 5 GiB and objects
 * of 48.8 TiB.
 */
const PARTS_MAX = 10_000;
const PART_BYTES_MIN = 8 * MIB;
/** Three parts are in memory at once: with these, packaging stays below 256 MB. */
const PART_BYTES_MAX = 24 * MIB;

/** More than tar adds to a file besides its path: one header or, for a long path, records between two of them; and padding. */
const ENTRY_OVERHEAD_BYTES = 5 * 512;
/** More than the ends of tar and gzip take. */
const END_BYTES = 4096;
/** More than the headers of stored blocks add to files that do not compress. */
const STORED_FACTOR = 1.0001;

/** The most bytes that an archive of these entries can have. */
export function archiveBytesMax(entries: readonly ArchiveEntry[]): number {
  const tar = entries.reduce(
    (sum, entry) => sum + entryBytes(entry) + Buffer.byteLength(entry.path) + ENTRY_OVERHEAD_BYTES,
    END_BYTES,
  );
  return Math.ceil(tar * STORED_FACTOR);
}

/**
 * The size of the parts that an archive is sent in: whole MiB, as few as are enough. The same entries give the same size, so an
 * upload that is continued has one size.
 *
 * @throws RefusedError for an archive that needs larger parts than the memory allows
 */
export function requirePartBytes(entries: readonly ArchiveEntry[]): number {
  const bytes = archiveBytesMax(entries);
  const partBytes = Math.max(PART_BYTES_MIN, Math.ceil(bytes / PARTS_MAX / MIB) * MIB);
  if (partBytes > PART_BYTES_MAX) {
    throw new RefusedError(
      `the archive of the model can have ${gigabytes(bytes)} GB, and the largest that can be uploaded has ` +
        `${gigabytes(PARTS_MAX * PART_BYTES_MAX)} GB: set the tag ${MODEL_DATA_TAG} to uncompressed (for real-time ` +
        'endpoints only; it needs mlflow-mlops:artifact-store in cdk.json)',
    );
  }
  return partBytes;
}

function gigabytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1);
}
