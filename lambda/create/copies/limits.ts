const MIB = 1024 ** 2;

/** How objects are copied. */
export interface CopyLimits {
  /** An object of at most so many bytes is copied by one call; S3 takes 5 GB (API_CopyObject). */
  readonly wholeBytesMax: number;
  /** A larger one is copied in parts of so many bytes; S3 takes up to 5 GiB (API_UploadPartCopy). */
  readonly partBytes: number;
  /** Parts that one object may have; S3 takes 10,000. */
  readonly parts: number;
  /** Calls under way at once, which bounds the memory too. */
  readonly atOnce: number;
}

/** Far below what S3 takes: parts are copied at once, so that a large file does not take as long as its bytes in a row. */
export const COPY_LIMITS: CopyLimits = { wholeBytesMax: 512 * MIB, partBytes: 256 * MIB, parts: 10_000, atOnce: 24 };
