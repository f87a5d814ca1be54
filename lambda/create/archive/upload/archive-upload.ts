/** A part of an object, in the order of `number`, which begins at 1. */
export interface Part {
  readonly number: number;
  readonly bytes: Buffer;
  readonly crc: number;
}

/** A whole object. */
export interface Whole {
  readonly parts: number;
  readonly bytes: number;
  readonly crc: number;
}

/** What a later invocation needs to go on with an upload. */
export interface UploadState {
  readonly uploadId: string;
  /** The segment that was under way, of an archive that needs more parts than one upload has. */
  readonly segment?: { readonly index: number; readonly uploadId: string };
}

/** An object that is sent in parts and appears whole or not at all. */
export interface ArchiveUpload {
  /** Sends a part; several may be under way at once. One that is sent again replaces what was sent. */
  put(part: Part): Promise<void>;
  /** Makes the object appear, if S3 finds that it has this length and checksum. */
  complete(whole: Whole): Promise<void>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
  /** Asked for when no part is under way. */
  state(): Promise<UploadState>;
}
