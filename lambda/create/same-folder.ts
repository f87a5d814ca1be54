import { Readable } from 'node:stream';
import { RefusedError } from '../shared/errors';
import { MLMODEL } from '../shared/packing/model-folder';
import type { PreparedPackage } from '../shared/packing/prepare';
import { asListed } from '../shared/registry/as-listed';
import { type OpenFile, type Retries, readFile } from '../shared/registry/read-file';

/** What of a package is known of its folder. */
type Known = Pick<PreparedPackage, 'files' | 'read'>;

/** Opens the files of a folder as it was looked into: the bytes that were read then, and the others as they were listed. */
export function openSame({ files, read }: Known, open: OpenFile): OpenFile {
  const others = asListed(files, open);
  return async (source, position) => {
    const bytes = read.get(source);
    return bytes === undefined
      ? others(source, position)
      : { bytes: Readable.from([bytes.subarray(position.offset)]), size: bytes.length };
  };
}

/**
 * Looks whether a folder still is the one that was looked into, after all of its files were read. MLflow writes a new MLmodel, with
 * the id and time of its logging, whenever it logs a model: of a folder that was logged again meanwhile, nobody knows which files
 * were read before and which after.
 *
 * @throws RefusedError when it is another one
 */
export async function checkSame(
  { files, read }: Known,
  open: OpenFile,
  signal: AbortSignal,
  retries?: Retries,
): Promise<void> {
  const before = read.get(MLMODEL) ?? Buffer.alloc(0);
  const now: Buffer[] = [];
  const piece = { source: MLMODEL, size: before.length, from: 0 };
  for await (const bytes of readFile(asListed(files, open), piece, signal, retries)) {
    now.push(bytes);
  }
  if (!before.equals(Buffer.concat(now))) {
    throw new RefusedError(
      'MLmodel changed while its files were read: the model was logged again, and is packed at the next sync',
    );
  }
}
