import type { ArchiveEntry } from '../../../../lambda/shared/packing/archive-entry';
import { checkEntryNames } from '../../../../lambda/shared/packing/entry-names';

const listed = (path: string, size: number): ArchiveEntry => ({ path, size, source: path });

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
