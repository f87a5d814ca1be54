/** A linear map on 32 bits: the image of each bit. */
type Matrix = Uint32Array;

/** What one bit of zero appended does to a CRC32. */
const ONE_ZERO_BIT: Matrix = Uint32Array.from({ length: 32 }, (_, bit) => (bit === 0 ? 0xedb88320 : 1 << (bit - 1)));

/**
 * CRC32 of two texts in a row, from those of each: appending zeros is a linear map, so the first is moved by the length of
 * the second in about log2(length) squarings (M. Adler's method in zlib, crc32_combine).
 *
 * @param secondBytes length of the second text
 */
export function combineCrc32(first: number, second: number, secondBytes: number): number {
  let moved = first;
  let zeros = square(square(square(ONE_ZERO_BIT)));
  // Not by bit operations: they have 32 bits, and a length may have more.
  for (let left = secondBytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) {
      moved = times(zeros, moved);
    }
    zeros = square(zeros);
  }
  return (moved ^ second) >>> 0;
}

function times(matrix: Matrix, vector: number): number {
  let sum = 0;
  for (let bit = 0, rest = vector >>> 0; rest !== 0; bit++, rest >>>= 1) {
    if (rest & 1) {
      sum ^= matrix[bit] as number;
    }
  }
  return sum >>> 0;
}

function square(matrix: Matrix): Matrix {
  return matrix.map((column) => times(matrix, column));
}
