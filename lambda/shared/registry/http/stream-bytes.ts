import type { Readable } from 'node:stream';
import { FileBytes, type FileBytesOptions } from './file-bytes';

/** The bytes of one of Node's streams, as a file's. */
export function streamBytes(stream: Readable, options: FileBytesOptions): FileBytes {
  const bytes = new FileBytes(stream, options);
  stream
    .on('data', (chunk: Buffer) => bytes.accept(chunk))
    .on('end', () => bytes.complete())
    .on('error', (error) => bytes.breakOff(error))
    .on('close', () => bytes.breakOff(undefined));
  return bytes;
}
