import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { CHUNK_BYTES } from '../../../../lambda/create/archive/chunks';
import { DeflateWorker } from '../../../../lambda/create/archive/gzip/deflate-worker';
import { Deflaters } from '../../../../lambda/create/archive/gzip/deflaters';
import { storedLength } from '../../../../lambda/create/archive/gzip/stored-blocks';
import { sampleBytes } from '../../../support/archive/files';

const LAST_BLOCK = Buffer.from([3, 0]);
const deflaters = new Deflaters();
afterAll(() => deflaters.close());

/** A chunk of some length whose beginning is repeated from place to place, as data are. */
const repetitive = fc
  .tuple(
    fc.uint8Array({ minLength: 1, maxLength: 600 }),
    fc.array(fc.tuple(fc.nat(40_000), fc.nat(600), fc.nat(255)), { maxLength: 2000, size: 'max' }),
  )
  .map(([begin, repeats]) => {
    const bytes = Buffer.alloc(begin.length + repeats.reduce((sum, [, length]) => sum + length + 1, 0));
    bytes.set(begin);
    let end = begin.length;
    for (const [back, length, between] of repeats) {
      const from = Math.max(0, end - 1 - back);
      end += bytes.copy(bytes, end, from, Math.min(from + length, end));
      bytes[end++] = between;
    }
    return bytes.subarray(0, Math.min(end, CHUNK_BYTES));
  });

/** Compresses bytes as the thread does with a chunk of any length. */
async function deflate(worker: DeflateWorker, bytes: Buffer): Promise<Buffer | undefined> {
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  bytes.copy(chunk);
  const { buffer, compressed } = await worker.deflate(chunk.buffer, bytes.length);
  return compressed === 0 ? undefined : Buffer.from(Buffer.from(buffer, 0, compressed));
}

const inflate = (blocks: Buffer) => inflateRawSync(Buffer.concat([blocks, LAST_BLOCK]));

describe('the compressor', () => {
  let worker: DeflateWorker;
  beforeAll(() => {
    worker = new DeflateWorker();
  });
  afterAll(() => worker.close());

  test('any bytes come out as they went in', async () => {
    await fc.assert(
      fc.asyncProperty(repetitive, async (bytes) => {
        const blocks = await deflate(worker, bytes);
        expect(blocks === undefined || inflate(blocks).equals(bytes)).toBe(true);
      }),
      { numRuns: 200 },
    );
  }, 60_000);

  test.each<[string, Buffer, number]>([
    ['one byte over and over', Buffer.alloc(CHUNK_BYTES, 7), 0.01],
    ['four letters', sampleBytes(CHUNK_BYTES, 'text'), 0.36],
    // Counts as unequal as those of F. Fibonacci make the longest codes, beyond what the format takes.
    [
      'symbols as rare as can be',
      Buffer.concat(
        Array.from({ length: 26 }, (_, index) => {
          const count = Math.round(1.618 ** index / 2.236);
          return Buffer.from(
            Array.from({ length: count }, (__, at) => ((at * 7 + index) % 3 === 0 ? index : index + 100)),
          );
        }),
      ),
      1,
    ],
  ])('%s are compressed', async (_what, bytes, ratio) => {
    const blocks = await deflate(worker, bytes);
    expect(blocks && inflate(blocks).equals(bytes)).toBe(true);
    expect(blocks?.length).toBeLessThanOrEqual(ratio * bytes.length);
  });

  test('what does not get shorter is left as it was', async () => {
    for (const length of [0, 1, 1000, CHUNK_BYTES]) {
      expect(await deflate(worker, sampleBytes(length, 'noise'))).toBeUndefined();
    }
  });
});

test('several threads give each chunk its own blocks, and those that do not shrink as they are', async () => {
  const chunks = Array.from({ length: 12 }, (_, index) => {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    sampleBytes(CHUNK_BYTES, index % 3 === 0 ? 'noise' : 'text', index).copy(chunk);
    return chunk;
  });
  const expected = chunks.map((chunk) => Buffer.from(chunk));
  const deflated = await Promise.all(chunks.map((chunk) => deflaters.deflate(chunk)));
  deflated.forEach(({ blocks, chunk }, index) => {
    const bytes = Buffer.concat([...blocks]);
    expect(inflate(bytes).equals(expected[index] as Buffer)).toBe(true);
    expect(chunk).toHaveLength(CHUNK_BYTES);
    expect(bytes.length === storedLength(CHUNK_BYTES)).toBe(index % 3 === 0);
  });
});

test('a thread that ends fails what waits for it', async () => {
  const worker = new DeflateWorker();
  const waiting = worker.deflate(Buffer.allocUnsafeSlow(CHUNK_BYTES).buffer, CHUNK_BYTES);
  await Promise.all([expect(waiting).rejects.toThrow('ended'), worker.close()]);
});

test('a thread that breaks fails what waits for it, with the reason', async () => {
  const worker = new DeflateWorker();
  // More than its memory holds.
  const bytes = 64 * CHUNK_BYTES;
  await expect(worker.deflate(new ArrayBuffer(bytes), bytes)).rejects.toThrow(/out of bounds/);
  await worker.close();
});

test('a thread gives chunks back in their order, and says how many it has', async () => {
  const worker = new DeflateWorker();
  expect(worker.chunks).toBe(0);
  const deflated = ['noise', 'text', 'noise'].map((kind) => deflate(worker, sampleBytes(1_000, kind as 'noise')));
  expect(worker.chunks).toBe(3);
  expect((await Promise.all(deflated)).map((blocks) => blocks === undefined)).toEqual([true, false, true]);
  expect(worker.chunks).toBe(0);
  await worker.close();
});

test.each([
  ['a quarter of a chunk moves to a thread', CHUNK_BYTES / 4, true],
  ['a shorter one does not', CHUNK_BYTES / 4 - 1, false],
])('%s', async (_what, length, moves) => {
  const memory = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  sampleBytes(length, 'text').copy(memory);
  const { blocks, chunk } = await deflaters.deflate(memory.subarray(0, length));
  expect(memory.length === 0).toBe(moves);
  expect(inflate(Buffer.concat([...blocks])).equals(sampleBytes(length, 'text'))).toBe(true);
  expect(chunk.length).toBe(moves ? CHUNK_BYTES : length);
});
