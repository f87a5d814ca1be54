import type { Deployable } from '../deployable/deployable';

const GIB = 1024 ** 3;

/** A serverless endpoint's disk, whatever its memory (docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html). */
export const SERVERLESS_DISK_BYTES = 5 * GIB;
/** The largest image of a serverless endpoint, uncompressed (the same page, Container contributions). */
export const SERVERLESS_IMAGE_BYTES = 10 * GIB;
/** API_ProductionVariant, VolumeSizeInGB. */
const VOLUME_GB_MAX = 512;
/** SageMaker's volume where none is asked for. */
const VOLUME_GB_DEFAULT = 30;
const MARGIN_GB = 5;

type Files = Pick<Deployable, 'bytes' | 'uncompressed'>;

/** An archive and its unpacked files are on the disk at the same time. */
const copies = ({ uncompressed }: Files) => (uncompressed ? 1 : 2);

/** The most bytes that a model on the largest volume can have. */
export function volumeModelBytesMax(files: Files): number {
  return ((VOLUME_GB_MAX - MARGIN_GB) / copies(files)) * GIB;
}

/**
 * The volume that a model needs on instances; undefined where SageMaker's own is enough, where the size is not known, or where the
 * instance type has a local disk: SageMaker refuses a volume size there.
 */
export function volumeGigabytes(instanceType: string, files: Files): number | undefined {
  const { bytes } = files;
  if (bytes === undefined || hasLocalDisk(instanceType)) {
    return undefined;
  }
  const needed = Math.ceil((copies(files) * bytes) / GIB) + MARGIN_GB;
  return needed > VOLUME_GB_DEFAULT ? Math.min(needed, VOLUME_GB_MAX) : undefined;
}

/**
 * Whether instances of a type have local NVMe disks (docs.aws.amazon.com/sagemaker/latest/dg/host-instance-storage.html): families
 * with a `d` after their generation, and most of those with GPUs or Trainium.
 */
export function hasLocalDisk(instanceType: string): boolean {
  const family = instanceType.split('.')[1] ?? '';
  return /^([a-z]+[0-9]+[a-z]*d[ne]?|g5|g6e?|gr6|g7e?|p4de?|p5(e|en)?|p6-?[a-z0-9-]*|trn[0-9][a-z]*|i[0-9][a-z]*)$/.test(
    family,
  );
}
