import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { extract } from 'tar-stream';
import { tarHeader } from '../../../../lambda/create/archive/tar/tar-header';
import { tarLength, tarPieces } from '../../../../lambda/create/archive/tar/tar-pieces';
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
  const found: Record<string, string> = {};
  const reader = extract();
  Readable.from([tar]).pipe(reader);
  for await (const entry of reader) {
    found[entry.header.name] = await text(entry as unknown as Readable);
  }
  return found;
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
      expect(tar.length).toBe(tarLength(entriesOf(buffers)));
      expect(tar.length % 512).toBe(0);
      expect(await contents(tar)).toEqual({ ...texts });
    }),
  );
});

test('from any byte on, it is the rest of the whole', () => {
  fc.assert(
    fc.property(files, fc.nat(), (texts, point) => {
      const buffers = asBuffers(texts);
      const entries: ArchiveEntry[] = [...entriesOf(buffers), { path: 'code/inference.py', content: 'é = 1\n' }];
      const whole = bytesOf(entries, buffers);
      const from = point % (whole.length + 1);
      expect(bytesOf(entries, buffers, from)).toEqual(whole.subarray(from));
    }),
  );
});

test('no file is opened of which everything was packed before', () => {
  const buffers = { a: Buffer.alloc(512), b: Buffer.alloc(100) };
  const opened = [...tarPieces(entriesOf(buffers), 1024 + 512 + 7)].filter((piece) => !Buffer.isBuffer(piece));
  expect(opened).toEqual([{ source: 'b', size: 100, from: 7 }]);
});

test('a plain header where it fits, a pax header for long or foreign names and for sizes of 8 GiB and more', () => {
  expect(tarHeader('model/MLmodel', 8 ** 11 - 1)).toHaveLength(512);
  expect(tarHeader(`${'d'.repeat(150)}/${'f'.repeat(100)}`, 1)).toHaveLength(512);
  for (const [name, size, record] of [
    [`${'f'.repeat(101)}`, 1, `path=${'f'.repeat(101)}`],
    ['模型', 1, 'path=模型'],
    ['weights.bin', 8 ** 11, 'size=8589934592'],
  ] as const) {
    const header = tarHeader(name, size);
    expect(header).toHaveLength(1536);
    expect(header.toString('utf8', 512, 1024)).toContain(record);
  }
});
