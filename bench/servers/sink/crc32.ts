import { crc32 } from 'node:zlib';

/** CRC32's polynomial, its bits reversed as they are used. */
const POLYNOMIAL = 0xedb88320;
const BITS = 32;

export { crc32 };

/** A CRC32 as S3's headers carry it: base64 of its four bytes, the highest first. */
export function encodeCrc32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString('base64');
}

/**
 * The CRC32 of two pieces together, from those of the pieces: what the sink holds a whole object's checksum against, without
 * reading the object again.
 *
 * @param length of the second piece, in bytes
 */
export function combineCrc32(first: number, second: number, length: number): number {
  // Appending a zero bit is a linear map of the 32 bits; appending a number of bytes is that map, so many times.
  let power = squared(squared(squared(zeroBit())));
  let value = first;
  for (let rest = length; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) {
      value = times(power, value);
    }
    power = squared(power);
  }
  return (value ^ second) >>> 0;
}

/** A map of 32 bits: what becomes of each of them. */
type BitMap = readonly number[];

function zeroBit(): BitMap {
  return Array.from({ length: BITS }, (_, bit) => (bit === 0 ? POLYNOMIAL : 2 ** (bit - 1)));
}

function times(map: BitMap, value: number): number {
  return map.reduce((sum, image, bit) => ((value >>> bit) & 1 ? sum ^ image : sum), 0);
}

function squared(map: BitMap): BitMap {
  return map.map((image) => times(map, image));
}
