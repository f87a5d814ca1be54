import { RefusedError, TransientError } from '../../../lambda/shared/errors';
import { printable, quoted } from '../../../lambda/shared/printable';

test.each([
  ['a line end', 'a\nb', 'a\\u{a}b'],
  ['an escape of terminals', '\u001b[2J', '\\u{1b}[2J'],
  ['what turns a line around', 'a\u202eb', 'a\\u{202e}b'],
  ['half a character', 'a\ud800', 'a\\u{d800}'],
  ['other alphabets', 'größe 模型', 'größe 模型'],
])('%s in a message', (_what, text, shown) => {
  expect(printable(text)).toBe(shown);
  expect(new RefusedError(text).message).toBe(shown);
  expect(new TransientError(text).message).toBe(shown);
});

test('a message is cut where it is too long, also where escapes make it so', () => {
  expect(printable('x'.repeat(10), 10)).toBe('x'.repeat(10));
  expect(printable('x'.repeat(11), 10)).toBe(`${'x'.repeat(10)}...`);
  expect(printable('\n\n\n', 10)).toBe('\\u{a}\\u{a}...');
  expect(new RefusedError('x'.repeat(1_000_000)).message).toHaveLength(2_003);
});

test('a foreign name is quoted, and no longer than it takes to know it by', () => {
  expect(quoted('a "b"')).toBe('"a \\"b\\""');
  expect(quoted('x'.repeat(1_000))).toBe(`"${'x'.repeat(200)}..."`);
});
