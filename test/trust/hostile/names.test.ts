import { tried } from '../../../trust/sizes';
import { startFakeServer } from '../../support/fake-server';
import { refusal } from '../../support/refusal';
import { type Entry, GOOD, HostileRegistry, KINDS, type Listing } from '../../support/wire/hostile-registry';

const MIB = 1024 * 1024;
const registry = new HostileRegistry(startFakeServer());
const flat =
  (...entries: readonly Entry[]): Listing =>
  () => ({ files: [...GOOD, ...entries] });

describe('a name in a listing', () => {
  const NAMES: readonly (readonly [what: string, path: string, told: string])[] = [
    ['traversal', '../../etc/passwd', '../../etc/passwd'],
    ['traversal inside', 'a/../../escape', 'a/../../escape'],
    ['traversal at the end', 'a/..', 'a/..'],
    ['absolute', '/etc/passwd', '/etc/passwd'],
    ['a drive', 'C:/Windows', 'C:/Windows'],
    ['backslashes', '..\\..\\escape', '..\\\\..\\\\escape'],
    ['NUL', 'model.pkl\0.txt', 'model.pkl\\u0000.txt'],
    ['a line end', 'a\nFATAL: all is lost', 'a\\nFATAL'],
    ['an escape of terminals', '\u001b[2Jgone', '\\u001b[2Jgone'],
    ['a control character of C1', 'a\u009b2J', 'a\\u{9b}2J'],
    ['a lone surrogate', 'a\ud800', 'a\\ud800'],
    ['nothing', '', '""'],
    ['a dot', './a', './a'],
    ['an empty part', 'a//b', 'a//b'],
    ['a slash at its end', 'a/', 'a/'],
    ['a part that is too long', 'x'.repeat(256), 'xxx'],
    ['a path that is too long', 'x/'.repeat(4_000), 'x/x/'],
    ['a million characters', 'y'.repeat(MIB), 'yyy'],
  ];

  test.each(NAMES)('that is %s fails its version alone, by its name', async (_what, path, told) => {
    for (const kind of KINDS) {
      for (const entry of [
        { path, file_size: 5 },
        { path, is_dir: true },
      ]) {
        registry.answer((folder) => (folder === '' ? { files: [...GOOD, entry] } : { files: [] }));
        expect(await refusal(registry.prepare(kind))).toContain(told);
        expect(registry.requests).toBeLessThan(5);
      }
    }
    tried('hostile', 2 * KINDS.length);
  });

  test('that turns its line around is shown by what it is, where it may be a name', async () => {
    const path = 'code\u202egnp.exe';
    registry.answer(flat({ path, file_size: 5 }, { path, file_size: 5 }));
    expect(await refusal(registry.prepare())).toContain('code\\u{202e}gnp.exe" appears twice');
    tried('hostile', 1);
  });

  test('that comes twice, or is a file and a folder, is refused', async () => {
    const twice = { path: 'a/b', file_size: 5 };
    registry.answer(flat(twice, twice));
    expect(await refusal(registry.prepare())).toContain('"a/b" appears twice');
    registry.answer(flat(twice, { path: 'a', file_size: 5 }));
    expect(await refusal(registry.prepare())).toContain('"a" is also the folder of another file');
    registry.answer((folder) =>
      folder === '' ? { files: [...GOOD, { path: 'a', is_dir: true }, { path: 'a', is_dir: true }] } : {},
    );
    expect(await refusal(registry.prepare())).toContain('the folder "a" twice');
    registry.answer((folder) => ({
      files: folder === '' ? [...GOOD, { path: 'a', is_dir: true }] : [{ path: 'b/c' }],
    }));
    expect(await refusal(registry.prepare())).toContain('"b/c" in the folder "a"');
    tried('hostile', 4);
  });
});
