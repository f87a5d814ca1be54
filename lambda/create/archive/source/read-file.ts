import { setTimeout as wait } from 'node:timers/promises';
import { RefusedError, TransientError } from '../../../shared/errors';
import type { ByteStream, FilePosition, OpenedFile } from '../../../shared/registry/registry';
import { asStepError } from '../../../shared/step';
import type { FilePiece } from '../tar/tar-pieces';

/** Gives a file's bytes from a position on. */
export type OpenFile = (source: string, position: FilePosition) => Promise<OpenedFile>;

/** How a download that breaks is tried again. */
export interface Retries {
  /** Tries in a row that bring no byte; each byte that comes begins the count again. */
  readonly fruitless: number;
  /** Before the second try; doubled each time. */
  readonly firstWaitMs: number;
}

export const RETRIES: Retries = { fruitless: 5, firstWaitMs: 500 };

/**
 * The bytes of a file, to its end. A download that breaks is gone on with where it broke.
 *
 * @param signal ends it early with the signal's reason
 * @throws RefusedError `size mismatch` for a file that is longer or shorter than listed, TransientError when several tries in a
 * row brought nothing
 */
export async function* readFile(
  open: OpenFile,
  { source, size, from }: FilePiece,
  signal: AbortSignal,
  { fruitless, firstWaitMs }: Retries = RETRIES,
): AsyncGenerator<Buffer> {
  let offset = from;
  let etag: string | undefined;
  for (let tries = 1; offset < size; tries++) {
    const begun = offset;
    try {
      const opened = await open(source, { offset, etag });
      etag ??= opened.etag;
      for await (const bytes of untilAborted(opened.bytes, signal)) {
        offset += bytes.length;
        if (offset > size) {
          throw mismatch(source, size, `at least ${offset}`);
        }
        yield bytes;
      }
      if (offset < size) {
        throw new TransientError(`${JSON.stringify(source)} ended after ${offset} of ${size} bytes`);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(asStepError(error) instanceof TransientError)) {
        throw error;
      }
      tries = offset > begun ? 1 : tries;
      if (tries >= fruitless) {
        throw error;
      }
      await wait(firstWaitMs * 2 ** (tries - 1), undefined, { signal });
    }
  }
}

async function* untilAborted(bytes: ByteStream, signal: AbortSignal): AsyncGenerator<Buffer> {
  const stop = () => bytes.destroy(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
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
    `size mismatch: the registry lists ${JSON.stringify(source)} with ${listed} bytes and delivers ${found}`,
  );
}
