import { crc32, gunzipSync } from 'node:zlib';
import { CHUNK_BYTES } from '../../../../lambda/create/archive/chunks';
import { type Block, checkedBlocks } from '../../../../lambda/create/archive/gzip/stored-blocks';
import type { Part, Whole } from '../../../../lambda/create/archive/upload/multipart';
import {
  NO_PROGRESS,
  type PartUpload,
  PartWriter,
  type Progress,
} from '../../../../lambda/create/archive/upload/part-writer';
import { sampleBytes } from '../../../support/archive/files';

/** An upload whose parts arrive, or fail, when a test says so. */
class HeldUpload implements PartUpload {
  readonly parts: Part[] = [];
  wholes: Whole[] = [];
  underWayMax = 0;
  private readonly held = new Map<number, { arrive: () => void; fail: (error: Error) => void }>();

  put({ number, bytes, crc }: Part): Promise<void> {
    // The writer uses the memory again when the part has arrived.
    this.parts.push({ number, bytes: Buffer.from(bytes), crc });
    return new Promise((resolve, reject) => {
      this.held.set(number, { arrive: resolve, fail: reject });
      this.underWayMax = Math.max(this.underWayMax, this.held.size);
    });
  }

  async arrive(...numbers: number[]): Promise<void> {
    for (const number of numbers) {
      this.held.get(number)?.arrive();
      this.held.delete(number);
    }
    await settled();
  }

  async fail(number: number, error: Error): Promise<void> {
    this.held.get(number)?.fail(error);
    this.held.delete(number);
    await settled();
  }

  async complete(whole: Whole): Promise<void> {
    this.wholes.push(whole);
  }

  get bytes(): Buffer {
    return Buffer.concat([...this.parts].sort((a, b) => a.number - b.number).map(({ bytes }) => bytes));
  }
}

/** Everything that waits for nothing has happened then. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const PART_BYTES = 1_000;

/** Appends stored bytes as a chunk; every one fills a part. */
class Chunks {
  private upTo: Progress = NO_PROGRESS;

  constructor(private readonly writer: PartWriter) {}

  append(bytes: Buffer, blocks: Block[] = checkedBlocks(bytes)): Promise<void> {
    const { tarBytes, crc } = this.upTo;
    this.upTo = { ...this.upTo, tarBytes: tarBytes + bytes.length, crc: crc32(bytes, crc) };
    const { parts: _parts, bytes: _bytes, bytesCrc: _crc, ...upTo } = this.upTo;
    return this.writer.append(blocks, upTo);
  }
}

function begin(from = NO_PROGRESS) {
  const upload = new HeldUpload();
  const writer = new PartWriter(Promise.resolve(upload), PART_BYTES, from);
  return { upload, writer, chunks: new Chunks(writer) };
}

const bytesOf = (seed: number, length = PART_BYTES) => sampleBytes(length, 'noise', seed);

test('parts are cut where a chunk ends that fills one, and say their checksums; together they are one gzip member', async () => {
  const { upload, writer, chunks } = begin();
  // With the member's header, this is one byte less than a part.
  await chunks.append(bytesOf(1, PART_BYTES - 10 - 5 - 1));
  expect(upload.parts).toEqual([]);
  await chunks.append(bytesOf(2, 1));
  await settled();
  expect(upload.parts.map(({ number }) => number)).toEqual([1]);
  await upload.arrive(1);
  const finishing = writer.finish();
  await settled();
  expect(upload.wholes).toEqual([]);
  await upload.arrive(2);
  await finishing;
  for (const { bytes, crc } of upload.parts) {
    expect(crc).toBe(crc32(bytes, 0));
  }
  const { bytes } = upload;
  expect(upload.wholes).toEqual([{ parts: 2, bytes: bytes.length, crc: crc32(bytes, 0) }]);
  expect(gunzipSync(bytes).equals(Buffer.concat([bytesOf(1, PART_BYTES - 16), bytesOf(2, 1)]))).toBe(true);
});

test('behind the part with the end nothing goes on: where the upload could not be completed, that part is made again', async () => {
  const { upload, writer, chunks } = begin();
  await chunks.append(bytesOf(1));
  upload.complete = () => Promise.reject(new Error('busy'));
  const failing = expect(writer.finish()).rejects.toThrow('busy');
  await settled();
  await upload.arrive(1, 2);
  await failing;
  expect(await writer.settle()).toMatchObject({ tarBytes: PART_BYTES, parts: 1 });
});

test('a part that is filled to the last byte goes at once', async () => {
  const { upload, chunks } = begin();
  await chunks.append(bytesOf(1, PART_BYTES - 10 - 5));
  await settled();
  expect(upload.parts.map(({ bytes }) => bytes.length)).toEqual([PART_BYTES]);
});

test('the longest chunk behind an almost full part is held whole', async () => {
  const { upload, writer, chunks } = begin();
  await chunks.append(bytesOf(1, PART_BYTES - 16));
  await chunks.append(bytesOf(2, CHUNK_BYTES));
  await settled();
  await upload.arrive(1);
  const finishing = writer.finish();
  await settled();
  await upload.arrive(2);
  await finishing;
  expect(gunzipSync(upload.bytes)).toHaveLength(PART_BYTES - 16 + CHUNK_BYTES);
});

test('blocks that are checksummed already, and others, make the same parts', async () => {
  const known = begin();
  const unknown = begin();
  await known.chunks.append(bytesOf(1));
  await unknown.chunks.append(
    bytesOf(1),
    checkedBlocks(bytesOf(1)).map(({ bytes }) => ({ bytes })),
  );
  await settled();
  expect(unknown.upload.parts).toEqual(known.upload.parts);
});

test('three parts are under way at once: the third one is waited for', async () => {
  const { upload, chunks } = begin();
  await chunks.append(bytesOf(1));
  await chunks.append(bytesOf(2));
  let third = false;
  const appending = chunks.append(bytesOf(3)).then(() => {
    third = true;
  });
  await settled();
  expect([upload.parts.length, third]).toEqual([3, false]);
  await upload.arrive(2);
  await appending;
  const more = chunks.append(bytesOf(4));
  await settled();
  expect(upload.underWayMax).toBe(3);
  await upload.arrive(1, 3, 4);
  await more;
  // Memory that is used again has not changed what was sent.
  for (const { bytes, crc } of upload.parts) {
    expect(crc).toBe(crc32(bytes, 0));
  }
});

test('only parts without a gap before them count when it is settled', async () => {
  const { upload, writer, chunks } = begin();
  await chunks.append(bytesOf(1));
  await chunks.append(bytesOf(2));
  await settled();
  await upload.arrive(2);
  await upload.fail(1, new Error('connection lost'));
  expect(await writer.settle()).toEqual(NO_PROGRESS);
});

test('it settles with all that is there, once nothing is under way', async () => {
  const { upload, writer, chunks } = begin();
  await chunks.append(bytesOf(1));
  await chunks.append(bytesOf(2));
  // Not sent, so it is forgotten.
  await chunks.append(bytesOf(3, 1));
  await settled();
  await upload.arrive(2);
  let reached: Progress | undefined;
  const settling = writer.settle().then((progress) => {
    reached = progress;
  });
  await settled();
  expect(reached).toBeUndefined();
  await upload.arrive(1);
  await settling;
  expect(reached).toEqual({
    tarBytes: 2 * PART_BYTES,
    crc: crc32(Buffer.concat([bytesOf(1), bytesOf(2)]), 0),
    storing: false,
    parts: 2,
    bytes: upload.bytes.length,
    bytesCrc: crc32(upload.bytes, 0),
  });
});

test('gone on with, there is no second header, and numbers and checksums go on', async () => {
  const first = begin();
  await first.chunks.append(bytesOf(1));
  await settled();
  await first.upload.arrive(1);
  const from = await first.writer.settle();
  const { upload, writer } = begin(from);
  const crc = crc32(bytesOf(2), from.crc);
  await writer.append(checkedBlocks(bytesOf(2)), { tarBytes: 2 * PART_BYTES, crc, storing: true });
  const finishing = writer.finish();
  await settled();
  await upload.arrive(2, 3);
  await finishing;
  const all = Buffer.concat([first.upload.bytes, upload.bytes]);
  expect(gunzipSync(all).equals(Buffer.concat([bytesOf(1), bytesOf(2)]))).toBe(true);
  expect(upload.wholes).toEqual([{ parts: 3, bytes: all.length, crc: crc32(all, 0) }]);
});

test('what a part failed with is thrown by the next one, and nothing is completed', async () => {
  const { upload, writer, chunks } = begin();
  await chunks.append(bytesOf(1));
  await settled();
  await upload.fail(1, new Error('connection lost'));
  await expect(chunks.append(bytesOf(2))).rejects.toThrow('connection lost');
  await upload.fail(2, new Error('and again'));
  await expect(writer.settle()).resolves.toEqual(NO_PROGRESS);

  const last = begin();
  const failing = expect(last.writer.finish()).rejects.toThrow('connection lost');
  await settled();
  await last.upload.fail(1, new Error('connection lost'));
  await failing;
  expect(last.upload.wholes).toEqual([]);
});

test('an upload that could not be begun fails the first part, and not before', async () => {
  const writer = new PartWriter(Promise.reject(new Error('denied')), PART_BYTES, NO_PROGRESS);
  await settled();
  await new Chunks(writer).append(bytesOf(1));
  await settled();
  await expect(writer.finish()).rejects.toThrow('denied');
});
