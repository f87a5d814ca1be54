import { setTimeout as wait } from 'node:timers/promises';
import { RefusedError, TransientError } from '../errors';
import { quoted } from '../printable';
import { asStepError } from '../step';
import type { ByteStream, FilePosition, OpenedFile } from './registry';

/** Gives a file's bytes from a position on. */
export type OpenFile = (source: string, position: FilePosition) => Promise<OpenedFile>;

/** A file of the source, from some byte on. */
export interface FilePiece {
  readonly source: string;
  /** Bytes of the whole file, as the registry lists it. */
  readonly size: number;
  /** Where to begin in the file. */
  readonly from: number;
  /** The entity tag that came with the bytes before; absent at a file's beginning. */
  readonly etag?: string | undefined;
}

/** How a download that breaks is tried again. */
export interface Retries {
  /** Tries in a row that bring no byte; each byte that comes begins the count again. */
  readonly fruitless: number;
  /** Before the second try; doubled each time. */
  readonly firstWaitMs: number;
}

/** So many that of 100,000 files, with a tenth of all answers lost, one in ten archives meets it: the step tries again. */
export const RETRIES: Retries = { fruitless: 6, firstWaitMs: 500 };
/** One that asks to be left alone for longer is not waited for: the next try is another invocation's. */
const RETRY_AFTER_MAX_MS = 30_000;

/** A file that ended before its listed size, and nothing broke. */
class EndedEarlyError extends TransientError {}

/**
 * The bytes of a file, to its end. A download that breaks is gone on with where it broke, also where all the bytes that were
 * listed had come by then: only its own end shows that it has no more.
 *
 * @param signal ends it early with the signal's reason
 * @throws RefusedError `size mismatch` for a file that is longer or shorter than listed, TransientError when several tries in a
 * row brought nothing
 */
export async function* readFile(
  open: OpenFile,
  { source, size, from, etag: begunWith }: FilePiece,
  signal: AbortSignal,
  { fruitless, firstWaitMs }: Retries = RETRIES,
): AsyncGenerator<Buffer> {
  let offset = from;
  let etag = begunWith;
  let ended = false;
  for (let tries = 1; !ended; tries++) {
    const begun = offset;
    try {
      const opened = await open(source, { offset, etag });
      if (opened.size !== undefined && opened.size !== size) {
        opened.bytes.destroy();
        throw mismatch(source, size, String(opened.size));
      }
      etag ??= opened.etag;
      for await (const bytes of untilAborted(opened.bytes, signal)) {
        offset += bytes.length;
        if (offset > size) {
          throw mismatch(source, size, `at least ${offset}`);
        }
        yield bytes;
      }
      if (offset < size) {
        // Stryker disable next-line StringLiteral: the message never leaves this function
        throw new EndedEarlyError(`${quoted(source)} ended after ${offset} of ${size} bytes`);
      }
      ended = true;
    } catch (error) {
      signal.throwIfAborted();
      const passing = asStepError(error);
      if (!(passing instanceof TransientError)) {
        throw error;
      }
      tries = offset > begun ? 1 : tries;
      const { retryAfterMs = 0 } = passing;
      if (tries >= fruitless || retryAfterMs > RETRY_AFTER_MAX_MS) {
        // What ends at the same place each time is no accident of the network.
        throw error instanceof EndedEarlyError ? mismatch(source, size, String(offset)) : error;
      }
      await wait(Math.max(firstWaitMs * 2 ** (tries - 1), retryAfterMs), undefined, { signal });
    }
  }
}

async function* untilAborted(bytes: ByteStream, signal: AbortSignal): AsyncGenerator<Buffer> {
  const stop = () => bytes.destroy(signal.reason);
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) {
      stop();
    }
    yield* bytes;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function mismatch(source: string, listed: number, found: string): RefusedError {
  return new RefusedError(
    `size mismatch: the registry lists ${quoted(source)} with ${listed} bytes and delivers ${found}`,
  );
}
