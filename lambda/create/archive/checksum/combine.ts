/** A linear map on 32 bits: the image of each bit. */
type Matrix = Uint32Array;

/** What one bit of zero appended does to a CRC32. */
const ONE_ZERO_BIT: Matrix = Uint32Array.from({ length: 32 }, (_, bit) => (bit === 0 ? 0xedb88320 : 1 << (bit - 1)));

/** What appending so many zero bytes does, for the lengths that come again and again. */
const known = new Map<number, Matrix>();
const KNOWN_MAX = 32;

/**
 * CRC32 of two texts in a row, from those of each: appending zeros is a linear map, so the first is moved by the length of
 * the second (M. Adler's method in zlib, crc32_combine).
 *
 * @param secondBytes length of the second text
 */
export function combineCrc32(first: number, second: number, secondBytes: number): number {
  return (times(zeros(secondBytes), first) ^ second) >>> 0;
}

function zeros(bytes: number): Matrix {
  let matrix = known.get(bytes);
  // Stryker disable next-line ConditionalExpression: the cache saves time only; a matrix computed again is the same
  if (matrix === undefined) {
    matrix = makeZeros(bytes);
    // Stryker disable next-line ConditionalExpression, EqualityOperator, BlockStatement: the cache saves time only
    if (known.size >= KNOWN_MAX) {
      known.clear();
    }
    known.set(bytes, matrix);
  }
  return matrix;
}

/** In about log2(bytes) squarings. */
function makeZeros(bytes: number): Matrix {
  let all: Matrix = Uint32Array.from({ length: 32 }, (_, bit) => 1 << bit);
  let power = square(square(square(ONE_ZERO_BIT)));
  // Not by bit operations: they have 32 bits, and a length may have more.
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) {
      all = product(power, all);
    }
    power = square(power);
  }
  return all;
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
  return product(matrix, matrix);
}

function product(second: Matrix, first: Matrix): Matrix {
  return first.map((column) => times(second, column));
}
