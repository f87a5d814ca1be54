import { fetchAhead } from '../../../../lambda/create/archive/source/fetch-ahead';
import type { TarPiece } from '../../../../lambda/create/archive/tar/tar-pieces';
import type { FilePiece } from '../../../../lambda/shared/registry/read-file';

const MIB = 1024 * 1024;

/** Reads pieces whose files are opened by name; tells how much is under way at most. */
class Reader {
  files = 0;
  filesMax = 0;
  bytes = 0;
  bytesMax = 0;

  constructor(private readonly fail?: string) {}

  async *read({ source, size }: FilePiece): AsyncGenerator<Buffer> {
    this.files++;
    this.filesMax = Math.max(this.filesMax, this.files);
    this.bytes += size;
    this.bytesMax = Math.max(this.bytesMax, this.bytes);
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (source === this.fail) {
      throw new Error(`${source} failed`);
    }
    yield Buffer.from(source.padEnd(Math.min(size, 100)));
    this.files--;
  }
}

async function names(pieces: Iterable<TarPiece>, reader: Reader): Promise<string[]> {
  const found: string[] = [];
  for await (const bytes of fetchAhead(pieces, (piece) => reader.read(piece))) {
    const name = bytes.toString().trim();
    reader.bytes -= Number(/\d+$/.exec(name)?.[0] ?? 0);
    found.push(name);
  }
  return found;
}

async function* streamed(buffers: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* buffers;
}

const file = (source: string, size: number): FilePiece => ({ source, size, from: 0 });

test('small files are fetched ahead, and come in their order between what is in hand', async () => {
  // Fewer pieces are in hand than files are to be fetched.
  const pieces = Array.from({ length: 500 }, (_, index) =>
    index % 5 === 0 ? [Buffer.from(`header ${index}.`), file(`file ${index}.`, 10)] : [file(`file ${index}.`, 10)],
  );
  const reader = new Reader();
  expect(await names(pieces.flat(), reader)).toEqual(
    pieces.flat().map((piece) => (Buffer.isBuffer(piece) ? piece.toString() : piece.source)),
  );
  expect(reader.filesMax).toBeGreaterThan(8);
  expect(reader.filesMax).toBeLessThanOrEqual(32);
});

test('what is fetched ahead stays within the budget', async () => {
  const pieces = Array.from({ length: 60 }, () => file(`f ${3 * MIB}`, 3 * MIB));
  const reader = new Reader();
  expect(await names(pieces, reader)).toHaveLength(60);
  expect(reader.bytesMax).toBeGreaterThan(20 * MIB);
  expect(reader.bytesMax).toBeLessThanOrEqual(36 * MIB);
});

test.each([
  ['files of 4 MiB', file(`f ${4 * MIB}`, 4 * MIB)],
  ['the last bytes of larger ones', { ...file('f 0', 9 * MIB), from: 9 * MIB - 10 }],
])('%s are fetched ahead too', async (_what, piece) => {
  const reader = new Reader();
  expect(await names([piece, piece, piece], reader)).toHaveLength(3);
  expect(reader.filesMax).toBe(3);
});

test('what is in hand counts too', async () => {
  let taken = 0;
  const headers = function* () {
    while (taken < 100) {
      taken++;
      yield Buffer.alloc(MIB);
    }
  };
  const [first] = [await fetchAhead(headers(), () => streamed([])).next()];
  expect(first?.value).toHaveLength(MIB);
  expect(taken).toBe(32);
});

test('large files are streamed one by one', async () => {
  const reader = new Reader();
  await names([file('a.', 100 * MIB), file('b.', 200 * MIB), file('c.', 300 * MIB)], reader);
  expect(reader.filesMax).toBe(1);
});

test('of a large file no more is read than is taken', async () => {
  let given = 0;
  const read = async function* () {
    while (given < 3) {
      given++;
      yield Buffer.alloc(1);
    }
  };
  await fetchAhead([file('large', 100 * MIB)], read).next();
  expect(given).toBe(1);
});

test('a file that fails does so when its turn comes', async () => {
  const reader = new Reader('file 7.');
  const pieces = Array.from({ length: 20 }, (_, index) => file(`file ${index}.`, 10));
  const found: string[] = [];
  const all = async () => {
    for await (const bytes of fetchAhead(pieces, (piece) => reader.read(piece))) {
      found.push(bytes.toString().trim());
    }
  };
  await expect(all()).rejects.toThrow('file 7. failed');
  expect(found).toHaveLength(7);
});
