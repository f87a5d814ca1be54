import { leaveOut } from '../../../../lambda/shared/packages/left-out';
import { encodeMetadataText } from '../../../../lambda/shared/packages/metadata-text';

const names = (count: number, length: number) => Array.from({ length: count }, () => 'n'.repeat(length));

test.each<[string, string[], string]>([
  ['nothing', [], ''],
  ['one', ['mlflow_description'], 'mlflow_description'],
  ['several', ['a', 'b', 'c'], 'a b c'],
  ['as many as there is room for', names(2, 128).concat('n').slice(1), `${'n'.repeat(128)} n`],
  [
    'two that fill it to the last character',
    ['n'.repeat(127), 'n'.repeat(128)],
    `${'n'.repeat(127)} ${'n'.repeat(128)}`,
  ],
  ['two that have one too many', names(2, 128), `${'n'.repeat(128)} and 1 more`],
  ['many', names(100, 50), `${names(4, 50).join(' ')} and 96 more`],
  ['one that is too long by itself', names(1, 257), '1 values'],
  ['only such', names(12, 300), '12 values'],
])('what was left out is named: %s', (_what, leftOut, expected) => {
  expect(leaveOut(leftOut)).toBe(expected);
});

test('what counts is the length as it is written', () => {
  const value = leaveOut(['='.repeat(80), '='.repeat(80)]);
  expect(value).toBe(`${'='.repeat(80)} and 1 more`);
  expect(encodeMetadataText(value).length).toBeLessThanOrEqual(256);
});
