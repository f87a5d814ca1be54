import fc from 'fast-check';
import { AwsChunks } from '../../../bench/servers/sink/aws-chunks';
import { combineCrc32, crc32 } from '../../../bench/servers/sink/crc32';

/** A body in chunks, as SDKs frame it. */
function framed(chunks: readonly Uint8Array[], trailer: string): Buffer {
  const pieces = chunks
    .filter(({ length }) => length > 0)
    .flatMap((chunk) => [`${chunk.length.toString(16)}\r\n`, chunk, '\r\n']);
  return Buffer.concat([...pieces, `0\r\n${trailer}\r\n`].map((piece) => Buffer.from(piece as string)));
}

function taken(body: Buffer, cuts: readonly number[]): { bytes: Buffer; trailers: ReadonlyMap<string, string> } {
  const chunks = new AwsChunks();
  const ends = [...cuts.map((cut) => cut % (body.length + 1)).sort((a, b) => a - b), body.length];
  const bytes = ends.flatMap((end, index) => [...chunks.push(body.subarray(ends[index - 1] ?? 0, end))]);
  chunks.end();
  return { bytes: Buffer.concat(bytes), trailers: chunks.trailers };
}

const CHUNKS = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });

test('a body in chunks comes apart wherever the network cut it', () => {
  fc.assert(
    fc.property(CHUNKS, fc.array(fc.nat(), { maxLength: 20 }), (chunks, cuts) => {
      const { bytes, trailers } = taken(framed(chunks, 'x-amz-checksum-crc32:AAAAAA==\r\n'), cuts);
      expect(bytes.equals(Buffer.concat(chunks))).toBe(true);
      expect([...trailers]).toEqual([['x-amz-checksum-crc32', 'AAAAAA==']]);
    }),
  );
});

test('a body that ends early is incomplete', () => {
  fc.assert(
    fc.property(CHUNKS, fc.nat(), (chunks, missing) => {
      const body = framed(chunks, '');
      const short = body.subarray(0, body.length - 1 - (missing % body.length));
      expect(() => taken(short, [])).toThrow('terminated unexpectedly');
    }),
  );
});

test.each([
  ['x\r\n', 'the size "x"'],
  ['1\r\nab\r\n', 'longer than its size'],
  ['1\nab', 'does not end in CR LF'],
  ['a'.repeat(2000), 'does not end'],
  ['0\r\n\r\nmore\r\n', 'bytes behind its end'],
])('%j is malformed', (body, words) => {
  expect(() => taken(Buffer.from(body), [])).toThrow(words);
});

test('checksums of pieces combine into that of the whole', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.uint8Array({ maxLength: 2000 }), (first, second) => {
      const combined = combineCrc32(crc32(first), crc32(second), second.length);
      expect(combined).toBe(crc32(Buffer.concat([first, second])));
    }),
  );
});
