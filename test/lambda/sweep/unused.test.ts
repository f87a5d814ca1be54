import { fateOf, GRACE_MS, unusedFolders } from '../../../lambda/sweep/unused';

const folders = ['models/churn/aaa/', 'models/churn/aaab/', 'models/churn/bbb/', 'models/churn/ccc/'];

test('folders that a package refers to by an archive or by a prefix are used', () => {
  const urls = ['s3://bucket/models/churn/aaa/model.tar.gz', 's3://bucket/models/churn/bbb/model/'];
  expect(unusedFolders('bucket', folders, urls)).toEqual(['models/churn/aaab/', 'models/churn/ccc/']);
});

test('what is in another bucket, and packages without data, use nothing', () => {
  expect(unusedFolders('bucket', folders, ['s3://other/models/churn/aaa/model.tar.gz', ''])).toEqual(folders);
});

test('a folder is marked first, and goes after the grace period', () => {
  const now = Date.parse('2026-01-31T00:00:00Z');
  expect(fateOf(undefined, now)).toBe('mark');
  expect(fateOf(now - GRACE_MS, now)).toBe('wait');
  expect(fateOf(now - GRACE_MS - 1, now)).toBe('delete');
});
