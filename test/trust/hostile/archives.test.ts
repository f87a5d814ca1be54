import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { packArchive } from '../../../lambda/create/archive/pack-archive';
import { checkEntryNames } from '../../../lambda/shared/packing/entry-names';
import { sized, tried } from '../../../trust/sizes';
import { anyCharacter } from '../../support/any-character';
import { entriesOf, opener } from '../../support/archive/files';
import { startTestSink, type TestSink } from '../../support/archive/sink';

const run = promisify(execFile);

describe('what is packed', () => {
  let sink: TestSink;
  let around: string;
  let archives = 0;
  beforeAll(async () => {
    sink = await startTestSink();
    around = mkdtempSync(join(tmpdir(), 'hostile-'));
  });
  afterAll(async () => {
    await sink.close();
    rmSync(around, { recursive: true, force: true });
  });

  /** Packs files and has GNU tar unpack them; gives what is in the folder, and sees that nothing is beside it. */
  async function unpacked(files: Record<string, Buffer>): Promise<Map<string, Buffer>> {
    const key = `archive-${++archives}.tar.gz`;
    const target = { bucket: sink.bucket, key };
    await packArchive({
      entries: entriesOf(files),
      open: opener(files),
      client: sink.client,
      target,
      stop: new AbortController().signal,
    });
    const room = join(around, String(archives));
    const folder = join(room, 'inside');
    mkdirSync(folder, { recursive: true });
    const archive = join(room, 'archive.tar.gz');
    writeFileSync(archive, (await sink.read(key)) ?? '');
    await run('tar', ['--extract', '--gzip', '--file', archive, '--directory', folder], {
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    expect(readdirSync(room).sort()).toEqual(['archive.tar.gz', 'inside']);
    const found = new Map<string, Buffer>();
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isDirectory()) {
        expect(entry.isFile()).toBe(true);
        const path = join(entry.parentPath, entry.name);
        found.set(path.slice(folder.length + 1), readFileSync(path));
      }
    }
    rmSync(room, { recursive: true, force: true });
    return found;
  }

  test('never leaves the folder that it is unpacked into, whatever generated names were let through', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '',
        '~',
        '-',
        '--',
        '-rf',
        '*',
        '$(id)',
        '`id`',
        '%2e%2e',
        'C:',
        'NUL',
        'PaxHeader',
        'GNUSparseFile.0',
        '@LongLink',
        ' ',
        '.. ',
        ' ..',
        '...',
        '\u2025',
        '\uff0e\uff0e',
        '\u2215',
        'a',
        'A',
        'é',
        'e\u0301',
        'a:b',
        "'",
        '"',
        '\t',
        '\u00a0',
        '\u202e',
        '\ufeff',
      ),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({ unit: anyCharacter, maxLength: 6 }),
      fc.nat({ max: 260 }).map((length) => 'x'.repeat(length)),
    );
    const path = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
    const paths = fc.sample(path, { numRuns: sized(500, 20_000), seed: 20261126 });
    let packed = 0;
    for (let first = 0; first < paths.length; first += 100) {
      const files: Record<string, Buffer> = {};
      for (const one of paths.slice(first, first + 100)) {
        const more = { ...files, [one]: Buffer.from(one) };
        if (passes(more)) {
          files[one] = Buffer.from(one);
        }
      }
      const found = await unpacked(files);
      expect([...found].filter(([name, bytes]) => !files[name]?.equals(bytes))).toEqual([]);
      expect(found.size).toBe(Object.keys(files).length);
      packed += found.size;
    }
    expect(packed).toBeGreaterThan(paths.length / 5);
    tried('hostile', paths.length);
  }, 600_000);

  function passes(files: Record<string, Buffer>): boolean {
    try {
      checkEntryNames(entriesOf(files));
      return true;
    } catch {
      return false;
    }
  }
});
