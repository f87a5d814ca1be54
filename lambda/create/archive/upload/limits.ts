/** S3's limits, as far as an archive's size depends on them (docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). */
export interface UploadLimits {
  /** A part is sent once it has this many bytes; S3 takes no less than 5 MiB, but for the last one. */
  readonly partBytes: number;
  /** Parts of one upload; S3 takes 10,000. */
  readonly parts: number;
  /** Parts that a segment is made of, where an archive needs more than one upload has: below S3's 5 GiB for a copied part. */
  readonly segmentParts: number;
}

/** Parts of 8 MiB, whatever the archive's size, so that the memory does not depend on it. */
export const UPLOAD_LIMITS: UploadLimits = { partBytes: 8 * 1024 * 1024, parts: 10_000, segmentParts: 500 };
