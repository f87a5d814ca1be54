import { fateOf, foldersInUse, GRACE_MS } from '../../../lambda/sweep/unused';

const prefixes = ['models/churn/aaa/', 'models/churn/aaab/', 'models/churn/bbb/', 'models/churn/ccc/'];

function unused(urls: readonly string[]): string[] {
  return foldersInUse('bucket', prefixes, urls)
    .filter(({ used }) => !used)
    .map(({ prefix }) => prefix);
}

test('folders that a package refers to by an archive or by a prefix are used', () => {
  const urls = ['s3://bucket/models/churn/aaa/model.tar.gz', 's3://bucket/models/churn/bbb/model/'];
  expect(unused(urls)).toEqual(['models/churn/aaab/', 'models/churn/ccc/']);
});

test('what is in another bucket, and packages without data, use nothing', () => {
  expect(unused(['s3://other/models/churn/aaa/model.tar.gz', ''])).toEqual(prefixes);
});

test('an unused folder is marked first, and goes after the grace period', () => {
  const now = Date.parse('2026-01-31T00:00:00Z');
  expect(fateOf(false, undefined, now)).toBe('mark');
  expect(fateOf(false, now - GRACE_MS, now)).toBe('wait');
  expect(fateOf(false, now - GRACE_MS - 1, now)).toBe('delete');
});

test('a used folder stays, and loses a mark of whatever age', () => {
  const now = Date.parse('2026-01-31T00:00:00Z');
  expect(fateOf(true, undefined, now)).toBe('keep');
  expect(fateOf(true, now, now)).toBe('unmark');
  expect(fateOf(true, now - 2 * GRACE_MS, now)).toBe('unmark');
});
