import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { combineCrc32 } from '../../../../lambda/create/archive/checksum/combine';
import { checksumHeader } from '../../../../lambda/create/archive/upload/multipart';

const bytes = fc.uint8Array({ maxLength: 2000 }).map((array) => Buffer.from(array));

test('the check value of CRC32, and how S3 writes it', () => {
  expect(crc32(Buffer.from('123456789'), 0)).toBe(0xcbf43926);
  expect(checksumHeader(0xcbf43926)).toBe('y/Q5Jg==');
});

test('the checksum of two texts in a row follows from theirs', () => {
  fc.assert(
    fc.property(bytes, bytes, (first, second) => {
      const whole = crc32(Buffer.concat([first, second]), 0);
      expect(combineCrc32(crc32(first, 0), crc32(second, 0), second.length)).toBe(whole);
    }),
  );
});

test('lengths beyond 32 bits are combined too: in whatever order three texts are put together, the sum is one', () => {
  const long = 6 * 1024 ** 4 + 12_345;
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.nat(), fc.nat(long), (a, b, c, length) => {
      const left = combineCrc32(combineCrc32(a, b, length), c, long);
      expect(left).toBe(combineCrc32(a, combineCrc32(b, c, long), length + long));
    }),
  );
});
