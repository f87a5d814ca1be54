import { deflateRawSync } from 'node:zlib';

const SAMPLE_BYTES = 8 * 1024;
const SAMPLES = 3;
/** Shorter chunks are compressed without asking. */
const CHUNK_MIN_BYTES = 64 * 1024;
/**
 * Float weights keep nine tenths of their size and cost twenty times the time of a copy; pickles and tree models keep a
 * third of theirs.
 */
const WORTH_IT = 0.7;

/**
 * Whether compressing a chunk is worth its time, judged from samples of its beginning, middle and end.
 *
 * @returns the same for the same bytes
 */
export function shrinks(chunk: Buffer): boolean {
  if (chunk.length < CHUNK_MIN_BYTES) {
    return true;
  }
  let compressed = 0;
  // Stryker disable next-line EqualityOperator: a sample behind the chunk's end is empty and adds two bytes
  for (let sample = 0; sample < SAMPLES; sample++) {
    const start = Math.floor(((chunk.length - SAMPLE_BYTES) * sample) / (SAMPLES - 1));
    // A small window and little memory: what is thrown away should cost little.
    const bytes = chunk.subarray(start, start + SAMPLE_BYTES);
    // Stryker disable next-line ObjectLiteral: the options affect time; the decision stays the same
    compressed += deflateRawSync(bytes, { level: 1, windowBits: 13, chunkSize: 2 * SAMPLE_BYTES }).length;
  }
  // Stryker disable next-line EqualityOperator: the product is not an integer, so no length equals it
  return compressed <= WORTH_IT * SAMPLES * SAMPLE_BYTES;
}
