import type { FilePiece } from '../../../shared/registry/read-file';
import type { TarPiece } from '../tar/tar-pieces';

/** Bytes that are fetched or wait for their turn; bounds the memory. */
const BUDGET_BYTES = 32 * 1024 * 1024;
/** Files under way at once: they hide each other's latency. */
const FILES_AT_ONCE = 32;
/** Larger files are streamed when their turn comes: what one round trip costs them does not count. */
const WHOLE_MAX_BYTES = 4 * 1024 * 1024;

interface Waiting {
  readonly piece: TarPiece;
  readonly bytes: number;
  /** A small file, fetched whole before its turn. */
  readonly whole?: Promise<Buffer[]>;
}

/**
 * The bytes of the pieces in their order, with small files fetched ahead of their turn.
 *
 * @param read streams one file; called for several at once, and never for more than the budget allows
 */
export async function* fetchAhead(
  pieces: Iterable<TarPiece>,
  read: (piece: FilePiece) => AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const rest = pieces[Symbol.iterator]();
  const queue: Waiting[] = [];
  let held = 0;
  let underWay = 0;
  let ended = false;
  const lookAhead = () => {
    while (!ended && held < BUDGET_BYTES && underWay < FILES_AT_ONCE) {
      const { value: piece, done } = rest.next();
      if (done) {
        ended = true;
      } else {
        const waiting = begin(piece, read);
        queue.push(waiting);
        held += waiting.bytes;
        underWay += waiting.whole === undefined ? 0 : 1;
      }
    }
  };
  for (lookAhead(); queue.length > 0; lookAhead()) {
    const { piece, bytes, whole } = queue.shift() as Waiting;
    if (whole !== undefined) {
      yield* await whole;
      underWay--;
    } else if (Buffer.isBuffer(piece)) {
      yield piece;
    } else {
      yield* read(piece);
    }
    held -= bytes;
  }
}

function begin(piece: TarPiece, read: (piece: FilePiece) => AsyncIterable<Buffer>): Waiting {
  if (Buffer.isBuffer(piece)) {
    return { piece, bytes: piece.length };
  }
  const bytes = piece.size - piece.from;
  if (bytes > WHOLE_MAX_BYTES) {
    return { piece, bytes: 0 };
  }
  const whole = collect(read(piece));
  // Whoever waits for it hears of its failure; until then nobody does.
  whole.catch(() => undefined);
  return { piece, bytes, whole };
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const buffers: Buffer[] = [];
  for await (const bytes of stream) {
    buffers.push(bytes);
  }
  return buffers;
}
