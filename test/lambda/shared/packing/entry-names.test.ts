import type { ArchiveEntry } from '../../../../lambda/shared/packing/archive-entry';
import { checkEntryNames } from '../../../../lambda/shared/packing/entry-names';

const listed = (path: string, size: number): ArchiveEntry => ({ path, size, source: path });

const folder = (path: string): ArchiveEntry => ({ path: `${path}/`, content: '' });

/** A path of so many bytes, in parts of ten. */
const pathOf = (bytes: number) =>
  'x'
    .repeat(9)
    .concat('/')
    .repeat(bytes / 10 + 1)
    .slice(0, bytes - 1)
    .concat('z');

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
    [`model/${'x'.repeat(256)}/a`, 'too long'],
    ['é'.repeat(128), 'too long'],
    [pathOf(3_841), 'too long'],
    ['a/', 'empty part'],
    ['a/..', '".."'],
    ['a\x7fb', 'character'],
    ['a\ud800b', 'character'],
    ['model\\x', 'character'],
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

  test.each([
    ['the longest part', ['x'.repeat(255), `${'é'.repeat(127)}x/a`]],
    ['the longest path', [pathOf(3_840)]],
    ['a colon that is no drive', ['ab:/c', '1:/c', 'model/C:/x']],
    ['names that begin alike', ['a', 'ab/c', 'a.b/c']],
    ['files in one folder', ['a/b', 'a/c', 'a/d/e']],
  ])('%s passes', (_what, paths) => {
    expect(() => checkEntryNames(paths.map((path) => listed(path, 1)))).not.toThrow();
  });

  test('folders that are entries themselves may have files, and be there once', () => {
    expect(() => checkEntryNames([folder('a'), folder('a/b'), listed('a/b/c', 1), listed('a/d', 1)])).not.toThrow();
    expect(() => checkEntryNames([folder('a'), folder('a')])).toThrow('"a" appears twice');
    expect(() => checkEntryNames([listed('a', 1), folder('a')])).toThrow('"a" appears twice');
    expect(() => checkEntryNames([folder('../a')])).toThrow('".."');
  });

  test('only what holds nothing is a folder', () => {
    expect(() => checkEntryNames([{ path: 'a/', content: 'x' }])).toThrow('empty part');
    expect(() => checkEntryNames([listed('a/', 0)])).toThrow('empty part');
    expect(() => checkEntryNames([{ path: 'a', content: '' }, listed('a/b', 1)])).toThrow('"a" is also the folder');
  });

  test('the message names the file that is a folder at any depth, and none of the others', () => {
    expect(() => checkEntryNames([listed('a/b', 1), listed('a/b/c/d/e', 1)])).toThrow(
      `the model's file "a/b" is also the folder of another file`,
    );
    expect(() => checkEntryNames([listed('b', 1), listed('a\\b', 1)])).toThrow(
      `the model's file "a\\\\b" has a character`,
    );
  });
});
