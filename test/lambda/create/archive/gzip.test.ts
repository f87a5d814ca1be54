import { gunzipSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { CHUNK_BYTES, ChunkPool, chunksOf } from '../../../../lambda/create/archive/chunks';
import { type CompressedUpTo, compress } from '../../../../lambda/create/archive/gzip/compress';
import { deflateChunk } from '../../../../lambda/create/archive/gzip/deflate-chunk';
import { GZIP_HEADER, gzipTrailer } from '../../../../lambda/create/archive/gzip/gzip-member';
import { shrinks } from '../../../../lambda/create/archive/gzip/shrinks';
import { storedBlocks, storedLength } from '../../../../lambda/create/archive/gzip/stored-blocks';
import { sampleBytes } from '../../../support/archive/files';

const START: CompressedUpTo = { tarBytes: 0, crc: 0, storing: false };

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += length) {
    yield bytes.subarray(start, start + length);
  }
}

/** Compressed chunks with their blocks as bytes of their own. */
async function compressed(bytes: Buffer, from = START): Promise<{ bytes: Buffer; upTo: CompressedUpTo }[]> {
  const chunks: { bytes: Buffer; upTo: CompressedUpTo }[] = [];
  const pool = new ChunkPool();
  const stream = chunksOf(inPieces(bytes, 65_537), pool);
  for await (const { blocks, chunk, upTo } of compress(stream, from)) {
    chunks.push({ bytes: Buffer.concat([...blocks].map(({ bytes }) => bytes)), upTo });
    pool.giveBack(chunk);
  }
  return chunks;
}

function member(chunks: readonly { bytes: Buffer; upTo: CompressedUpTo }[]): Buffer {
  const { crc, tarBytes } = chunks.at(-1)?.upTo ?? START;
  return Buffer.concat([GZIP_HEADER, ...chunks.map(({ bytes }) => bytes), gzipTrailer(crc, tarBytes)]);
}

const mixed = Buffer.concat([
  sampleBytes(3 * CHUNK_BYTES, 'text'),
  sampleBytes(9 * CHUNK_BYTES, 'noise'),
  sampleBytes(8 * CHUNK_BYTES + 12_345, 'text', 7),
]);

test('one member whose parts need nothing of each other holds the bytes', async () => {
  const gzipped = member(await compressed(mixed));
  expect(gunzipSync(gzipped).equals(mixed)).toBe(true);
  expect(gzipped.length).toBeLessThan(0.8 * mixed.length);
});

test('what does not shrink is stored, what follows it is compressed again', async () => {
  const sizes = (await compressed(mixed)).map(({ bytes }) => bytes.length);
  expect(sizes.filter((size) => size === storedLength(CHUNK_BYTES))).toHaveLength(9 + 4);
  expect(sizes.filter((size) => size < CHUNK_BYTES / 2)).toHaveLength(3 + 5);
});

test.each([1, 3, 5, 12, 15])('gone on with after %i chunks, it has the same bytes', async (done) => {
  const whole = await compressed(mixed);
  const from = whole[done - 1]?.upTo as CompressedUpTo;
  const rest = await compressed(mixed.subarray(from.tarBytes), from);
  expect(member([...whole.slice(0, done), ...rest]).equals(member(whole))).toBe(true);
});

test('any bytes come out as they went in', async () => {
  const bytes = fc.uint8Array({ maxLength: 5000 }).map((array) => Buffer.from(array));
  await fc.assert(
    fc.asyncProperty(bytes, fc.nat(40), async (one, times) => {
      const all = Buffer.concat(Array.from({ length: times }, () => one));
      expect(gunzipSync(member(await compressed(all))).equals(all)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('the length field holds 32 bits of a length that has more', () => {
  expect(gzipTrailer(0x01020304, 5 * 1024 ** 3 + 6)).toEqual(Buffer.from([3, 0, 4, 3, 2, 1, 6, 0, 0, 0x40]));
});

test('stored blocks are as long as was foretold', () => {
  for (const length of [0, 1, 65_535, 65_536, 200_000]) {
    expect(Buffer.concat([...storedBlocks(sampleBytes(length, 'noise'))])).toHaveLength(storedLength(length));
  }
});

test('several chunks compressed at once have their own blocks, which need nothing of each other', async () => {
  const chunks = Array.from({ length: 8 }, (_, index) =>
    sampleBytes(CHUNK_BYTES, index % 3 === 0 ? 'noise' : 'text', index),
  );
  const compressed = await Promise.all(chunks.map(deflateChunk));
  for (const [index, blocks] of compressed.entries()) {
    const bytes = Buffer.concat(blocks);
    expect(inflateRawSync(Buffer.concat([bytes, Buffer.from([3, 0])])).equals(chunks[index] as Buffer)).toBe(true);
    expect(bytes.length === storedLength(CHUNK_BYTES)).toBe(index % 3 === 0);
    expect(Buffer.concat(await deflateChunk(chunks[index] as Buffer)).equals(bytes)).toBe(true);
  }
});

test('chunks are compressed several at once: four are taken before the first one is given', async () => {
  let taken = 0;
  const chunks = async function* () {
    for (; taken < 12; taken++) {
      const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      sampleBytes(CHUNK_BYTES, 'text', taken).copy(chunk);
      yield chunk;
    }
  };
  const results = compress(chunks(), START);
  await results.next();
  expect(taken).toBe(3);
  await results.return(undefined);
});

test('chunks are of one length, but for the last one, and there is none without bytes', async () => {
  const lengths = async (bytes: number) => {
    const found: number[] = [];
    for await (const chunk of chunksOf(inPieces(Buffer.alloc(bytes), 300_000), new ChunkPool())) {
      found.push(chunk.length);
    }
    return found;
  };
  expect(await lengths(0)).toEqual([]);
  expect(await lengths(1)).toEqual([1]);
  expect(await lengths(2 * CHUNK_BYTES)).toEqual([CHUNK_BYTES, CHUNK_BYTES]);
  expect(await lengths(CHUNK_BYTES + 1)).toEqual([CHUNK_BYTES, 1]);
});

test("a pool gives back what it was given, if it is a chunk's memory", () => {
  const pool = new ChunkPool();
  const chunk = pool.take();
  expect(chunk).toHaveLength(CHUNK_BYTES);
  pool.giveBack(chunk.subarray(1));
  expect(pool.take()).toHaveLength(CHUNK_BYTES);
  pool.giveBack(chunk);
  expect(pool.take()).toBe(chunk);
  expect(pool.take()).not.toBe(chunk);
});

describe('whether a chunk shrinks', () => {
  const SAMPLE = 8 * 1024;
  const length = 100 * SAMPLE;
  const middle = (length - SAMPLE) / 2;

  test.each([
    ['beginning and middle', [0, middle], true],
    ['beginning and end', [0, length - SAMPLE], true],
    ['middle and end', [middle, length - SAMPLE], true],
    ['middle alone', [middle], false],
    ['parts that are not looked at', [SAMPLE, middle - SAMPLE, middle + SAMPLE, length - 2 * SAMPLE], false],
  ])('is judged by three samples: text at %s', (_where, places, expected) => {
    const chunk = sampleBytes(length, 'noise');
    for (const place of places) {
      sampleBytes(SAMPLE, 'text').copy(chunk, place);
    }
    expect(shrinks(chunk)).toBe(expected);
  });

  test('is not asked of short ones', () => {
    expect(shrinks(sampleBytes(64 * 1024, 'noise'))).toBe(false);
    expect(shrinks(sampleBytes(64 * 1024 - 1, 'noise'))).toBe(true);
  });
});

test('what is short and does not shrink is stored, and what shrinks by a byte is not', async () => {
  const [noise] = await compressed(sampleBytes(1_000, 'noise'));
  expect(noise?.bytes).toHaveLength(storedLength(1_000));
  const [text] = await compressed(sampleBytes(1_000, 'text'));
  expect(text?.bytes.length).toBeLessThan(500);
});

test('weights do not shrink, a table of numbers as text does', () => {
  const weights = Float32Array.from({ length: CHUNK_BYTES / 4 }, (_, index) => Math.sin(index * 12.9898) * 0.02);
  expect(shrinks(Buffer.from(weights.buffer))).toBe(false);
  expect(shrinks(sampleBytes(CHUNK_BYTES, 'text'))).toBe(true);
});
