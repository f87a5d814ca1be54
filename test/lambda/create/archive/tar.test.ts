import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { extract, type Header } from 'tar-stream';
import { tarHeader } from '../../../../lambda/create/archive/tar/tar-header';
import { tarPieces } from '../../../../lambda/create/archive/tar/tar-pieces';
import type { ArchiveEntry } from '../../../../lambda/shared/packing/archive-entry';
import { entriesOf } from '../../../support/archive/files';

/** The tar as bytes, from some byte on. */
function bytesOf(entries: ArchiveEntry[], files: Record<string, Buffer>, from = 0): Buffer {
  const pieces = [...tarPieces(entries, from)].map((piece) =>
    Buffer.isBuffer(piece) ? piece : (files[piece.source]?.subarray(piece.from) ?? Buffer.alloc(0)),
  );
  return Buffer.concat(pieces);
}

async function contents(tar: Buffer): Promise<Record<string, string>> {
  const found: [name: string, content: string][] = [];
  const reader = extract();
  Readable.from([tar]).pipe(reader);
  for await (const entry of reader) {
    found.push([entry.header.name, await text(entry as unknown as Readable)]);
  }
  // An assignment to the name `__proto__` would add no property.
  return Object.fromEntries(found);
}

const part = fc.stringMatching(/^[a-zé模 ._-]{1,120}$/).filter((name) => name !== '.' && name !== '..');
const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const files = fc.dictionary(path, fc.string({ maxLength: 1500 }), { maxKeys: 6 });
const asBuffers = (texts: Record<string, string>) =>
  Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, Buffer.from(value)]));

test('any files come out as they went in', async () => {
  await fc.assert(
    fc.asyncProperty(files, async (texts) => {
      const buffers = asBuffers(texts);
      const tar = bytesOf(entriesOf(buffers), buffers);
      expect(tar.length % 512).toBe(0);
      expect(await contents(tar)).toEqual({ ...texts });
    }),
    { examples: [[Object.fromEntries([['__proto__', 'x']])]] },
  );
});

test('from any byte on, it is the rest of the whole', () => {
  fc.assert(
    fc.property(files, fc.nat(), (texts, point) => {
      const buffers = asBuffers(texts);
      const entries: ArchiveEntry[] = [...entriesOf(buffers), { path: 'code/inference.py', content: 'é = 1\n' }];
      const whole = bytesOf(entries, buffers);
      const from = point % (whole.length + 1);
      expect(bytesOf(entries, buffers, from).equals(whole.subarray(from))).toBe(true);
    }),
  );
});

test('no file is opened of which everything was packed before', () => {
  const buffers = { a: Buffer.alloc(512), b: Buffer.alloc(100) };
  const opened = [...tarPieces(entriesOf(buffers), 1024 + 512 + 7)].filter((piece) => !Buffer.isBuffer(piece));
  expect(opened).toEqual([{ source: 'b', size: 100, from: 7 }]);
  const [first, ...rest] = [...tarPieces(entriesOf(buffers), 1024)];
  expect(first).toEqual(tarHeader('b', 100));
  expect(rest).toHaveLength(3);
});

test('an empty file is opened unless its end was passed before', () => {
  const entries = entriesOf({ a: Buffer.alloc(0), b: Buffer.alloc(1) });
  const opened = (from: number) =>
    [...tarPieces(entries, from)].flatMap((piece) => (Buffer.isBuffer(piece) ? [] : piece.source));
  expect([0, 512, 513].map(opened)).toEqual([['a', 'b'], ['a', 'b'], ['b']]);
});

/** The one header that a reader makes of an entry's blocks. */
async function headerOf(path: string, size: number): Promise<Header> {
  const reader = extract();
  const header = new Promise<Header>((resolve, reject) => reader.on('entry', resolve).on('error', reject));
  reader.write(tarHeader(path, size));
  const found = await header;
  reader.destroy();
  return found;
}

test('a header has the fields of the format, and nothing of the machine that made it', () => {
  const block = tarHeader('model/MLmodel', 0o1274).toString('latin1');
  const sum = [...block.slice(0, 148), ...' '.repeat(8), ...block.slice(156)].reduce(
    (all, character) => all + character.charCodeAt(0),
    0,
  );
  const fields: [string, number][] = [
    ['model/MLmodel', 100],
    ['0000644\0', 8],
    ['0000000\0', 8],
    ['0000000\0', 8],
    ['00000001274\0', 12],
    ['00000000000\0', 12],
    [`${sum.toString(8).padStart(6, '0')}\0 `, 8],
    ['0', 1],
    ['', 100],
    ['ustar\0', 6],
    ['00', 2],
    ['', 32],
    ['', 32],
    ['0000000\0', 8],
    ['0000000\0', 8],
    ['', 155 + 12],
  ];
  expect(block).toBe(fields.map(([value, bytes]) => value.padEnd(bytes, '\0')).join(''));
});

test.each([
  ['model/MLmodel', 5, { type: 'file', mode: 0o644 }],
  ['model/data/', 0, { type: 'directory', mode: 0o755 }],
  [`${'d'.repeat(150)}/data/`, 0, { type: 'directory', mode: 0o755 }],
  ['模型/', 0, { type: 'directory', mode: 0o755 }],
  ['weights.bin', 8 ** 11 - 1, { type: 'file', mode: 0o644 }],
  ['weights.bin', 8 ** 11, { type: 'file', mode: 0o644 }],
  ['模型', 8 ** 12, { type: 'file', mode: 0o644 }],
] as const)('a reader finds %s of %i bytes', async (name, size, fields) => {
  expect(await headerOf(name, size)).toMatchObject({ name, size, uid: 0, gid: 0, mtime: new Date(0), ...fields });
});

test('a name is cut at any slash that leaves two parts which fit, and has a record where there is none', async () => {
  const lengths = [99, 100, 101, 102, 154, 155, 156, 157, 200, 254, 255, 256, 257, 300];
  for (const length of lengths) {
    for (const slash of lengths.filter((at) => at < length)) {
      const name = 'n'
        .repeat(slash - 1)
        .concat('/')
        .padEnd(length, 'n');
      const prefix = slash - 1;
      const fits = length <= 100 || (prefix <= 155 && length - slash <= 100 && length > slash);
      expect([name, tarHeader(name, 1).length === 512]).toEqual([name, fits]);
      expect((await headerOf(name, 1)).name).toBe(name);
    }
  }
  expect(tarHeader('n'.repeat(100), 1)).toHaveLength(512);
  // A folder's own slash is no place to cut, and before the first one there is nothing.
  for (const name of [`${'n'.repeat(120)}/`, `/${'n'.repeat(100)}`]) {
    expect(tarHeader(name, 0)).toHaveLength(1536);
    expect((await headerOf(name, 0)).name).toBe(name);
  }
});

test('a size has a record only where the field cannot hold it', () => {
  const name = 'n'.repeat(101);
  expect(tarHeader(name, 8 ** 11 - 1).toString('latin1')).not.toContain('size=');
  expect(tarHeader(name, 8 ** 11).toString('latin1')).toContain('size=8589934592\n');
});

test('of two slashes the one that leaves enough counts', async () => {
  const name = `${'a'.repeat(50)}/${'b'.repeat(60)}/${'c'.repeat(60)}`;
  expect(tarHeader(name, 1)).toHaveLength(512);
  expect((await headerOf(name, 1)).name).toBe(name);
});

test('the length of a record counts its own digits', () => {
  for (let letters = 1; letters < 600; letters++) {
    const header = tarHeader('é'.repeat(letters), 1);
    const bytes = Number.parseInt(header.toString('latin1', 124, 135), 8);
    const record = header.toString('utf8', 512, 512 + bytes);
    expect(record).toBe(`${bytes} path=${'é'.repeat(letters)}\n`);
    expect(header.length % 512).toBe(0);
  }
});

test('a plain header where it fits, a pax header for long or foreign names and for sizes of 8 GiB and more', () => {
  expect(tarHeader('model/MLmodel', 8 ** 11 - 1)).toHaveLength(512);
  expect(tarHeader(`${'d'.repeat(150)}/${'f'.repeat(100)}`, 1)).toHaveLength(512);
  for (const [name, size, record] of [
    [`${'f'.repeat(101)}`, 1, `path=${'f'.repeat(101)}`],
    ['模型', 1, 'path=模型'],
    ['模a', 1, 'path=模a'],
    ['a模', 1, 'path=a模'],
    ['weights.bin', 8 ** 11, 'size=8589934592'],
  ] as const) {
    const header = tarHeader(name, size);
    expect(header).toHaveLength(1536);
    expect(header.toString('utf8', 512, 1024)).toContain(record);
  }
});
