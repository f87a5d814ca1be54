import { type ArchiveEntry, entryBytes } from '../../../shared/packing/archive-entry';
import type { FilePiece } from '../../../shared/registry/read-file';
import { padding, TAR_END, tarHeader } from './tar-header';

/** The next bytes of a tar: in hand, or those of a file. */
export type TarPiece = Buffer | FilePiece;

/**
 * A tar of the entries as a row of pieces, of which the files' bytes are still to be fetched.
 *
 * @param from skips so many bytes of the tar, to continue an upload: files that are in it already are not fetched again
 */
export function* tarPieces(entries: readonly ArchiveEntry[], from = 0): Generator<TarPiece> {
  let skip = from;
  for (const piece of allPieces(entries)) {
    const length = Buffer.isBuffer(piece) ? piece.length : piece.size;
    // An empty file is a piece as well: only who opens it sees that it is empty.
    if (skip >= length && (skip > 0 || Buffer.isBuffer(piece))) {
      skip -= length;
      continue;
    }
    yield Buffer.isBuffer(piece) ? piece.subarray(skip) : { ...piece, from: skip };
    skip = 0;
  }
}

function* allPieces(entries: readonly ArchiveEntry[]): Generator<TarPiece> {
  for (const entry of entries) {
    const size = entryBytes(entry);
    yield tarHeader(entry.path, size);
    yield 'content' in entry ? Buffer.from(entry.content) : { source: entry.source, size, from: 0 };
    yield padding(size);
  }
  yield TAR_END;
}
