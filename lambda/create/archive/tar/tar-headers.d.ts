/** The encoder behind tar-stream's packer, which makes a header without a stream around it. */
declare module 'tar-stream/headers' {
  import type { Headers } from 'tar-stream';

  export interface PaxHeaders {
    readonly name?: string;
    readonly linkname?: string | null;
    readonly pax?: Readonly<Record<string, string>>;
  }
  /** 512 bytes, or null for a name that a plain header cannot hold. */
  export function encode(header: Headers): Buffer | null;
  /** The records of a pax header, without padding. */
  export function encodePax(header: PaxHeaders): Buffer;
}
