import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { extract } from 'tar-stream';
import { writeArchive } from '../../../lambda/create/archive/write-archive';
import type { ArchiveEntry } from '../../../lambda/shared/packing/archive-entry';
import { checkEntryNames } from '../../../lambda/shared/packing/entry-names';

const listed = (path: string, size: number): ArchiveEntry => ({ path, size, source: path });

async function archive(entries: ArchiveEntry[], files: Record<string, Buffer>): Promise<Buffer> {
  const destination = new PassThrough();
  const [bytes] = await Promise.all([
    buffer(destination),
    writeArchive(entries, async (source) => Readable.from([files[source] ?? Buffer.alloc(0)]), destination),
  ]);
  return bytes;
}

async function contents(gzipped: Buffer): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  const reader = extract();
  reader.on('entry', (header, stream, next) => {
    buffer(stream).then((bytes) => {
      found.set(header.name, bytes);
      next();
    }, next);
  });
  Readable.from([gunzipSync(gzipped)]).pipe(reader);
  await new Promise<void>((resolve, reject) => reader.on('finish', () => resolve()).on('error', reject));
  return found;
}

describe('names of entries', () => {
  test.each([
    ['../etc/passwd', '".."'],
    ['model/../../x', '".."'],
    ['a/./b', '"."'],
    ['a//b', 'empty part'],
    ['/etc/passwd', 'absolute'],
    ['C:/x', 'absolute'],
    ['a\0b', 'character'],
    ['a\\b', 'character'],
    ['a\nb', 'character'],
    ['', 'no name'],
    [`${'x'.repeat(256)}`, 'too long'],
  ])('%j is refused', (path, reason) => {
    expect(() => checkEntryNames([listed(path, 1)])).toThrow(reason);
  });

  test('doubles are refused, files that are folders too', () => {
    expect(() => checkEntryNames([listed('a', 1), listed('a', 1)])).toThrow('twice');
    expect(() => checkEntryNames([listed('a/b/c', 1), listed('a', 1)])).toThrow('folder');
  });

  test('ordinary ones, long ones and other alphabets pass', () => {
    expect(() =>
      checkEntryNames([listed('model/MLmodel', 1), listed('模型/é…', 1), listed('..a/b..', 1)]),
    ).not.toThrow();
  });
});

describe('archive', () => {
  test('holds the bytes under their names, readable by GNU tar', async () => {
    const long = `model/${'d'.repeat(120)}/${'f'.repeat(120)}.bin`;
    const files = {
      a: Buffer.from('aaa'),
      empty: Buffer.alloc(0),
      [long]: Buffer.alloc(70_000, 7),
      模型: Buffer.from('m'),
    };
    const entries = [
      ...Object.entries(files).map(([path, bytes]) => listed(path, bytes.length)),
      { path: 'code/inference.py', content: 'é = 1\n' },
    ];
    const bytes = await archive(entries, files);
    const found = await contents(bytes);
    expect([...found.keys()].sort()).toEqual([...Object.keys(files), 'code/inference.py'].sort());
    expect(found.get(long)).toEqual(files[long]);
    expect(found.get('code/inference.py')?.toString()).toBe('é = 1\n');
    const tar = spawnSync('tar', ['tzf', '-'], { input: bytes, env: { ...process.env, LC_ALL: 'C.UTF-8' } });
    expect(tar.status).toBe(0);
    expect(tar.stdout.toString().trim().split('\n')).toHaveLength(entries.length);
  });

  test('has the same bytes for the same files', async () => {
    const once = await archive([listed('a', 3)], { a: Buffer.from('abc') });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const again = await archive([listed('a', 3)], { a: Buffer.from('abc') });
    expect(createHash('sha256').update(again).digest('hex')).toBe(createHash('sha256').update(once).digest('hex'));
  });

  test.each([
    ['fewer', 4],
    ['more', 2],
  ])('a file of %s bytes than listed fails the whole archive', async (_what, size) => {
    await expect(archive([listed('a', size)], { a: Buffer.from('abc') })).rejects.toThrow(/size mismatch/i);
  });

  test('a download that breaks fails the whole archive with its reason', async () => {
    const destination = new PassThrough();
    destination.resume();
    const broken = async () =>
      Readable.from(
        (async function* () {
          yield Buffer.from('ab');
          throw new Error('connection lost');
        })(),
      );
    const closed = new Promise((resolve) => destination.on('error', resolve));
    await expect(writeArchive([listed('a', 3)], broken, destination)).rejects.toThrow('connection lost');
    expect(await closed).toBeInstanceOf(Error);
  });

  test('any files come out as they went in', async () => {
    const name = fc.stringMatching(/^[a-zé模 ._-]{1,20}$/).filter((part) => part !== '.' && part !== '..');
    const file = fc.tuple(name, fc.uint8Array({ maxLength: 3000 }));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(file, { selector: ([path]) => path, maxLength: 8 }), async (files) => {
        const record = Object.fromEntries(files.map(([path, bytes]) => [path, Buffer.from(bytes)]));
        const found = await contents(
          await archive(
            files.map(([path, bytes]) => listed(path, bytes.length)),
            record,
          ),
        );
        expect(Object.fromEntries(found)).toEqual(record);
      }),
      { numRuns: 40 },
    );
  });
});
