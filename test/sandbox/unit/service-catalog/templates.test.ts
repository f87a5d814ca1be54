import { placeOf } from '../../../../sandbox/service-catalog/templates';

const MINISTACK = 'http://127.0.0.1:4566';

it.each([
  'https://s3.amazonaws.com/bucket/folder/key.json',
  'https://s3.eu-west-1.amazonaws.com/bucket/folder/key.json',
  'https://s3-eu-west-1.amazonaws.com/bucket/folder/key.json',
  'https://bucket.s3.amazonaws.com/folder/key.json',
  'https://bucket.s3.eu-west-1.amazonaws.com/folder/key.json',
  'https://s3.cn-north-1.amazonaws.com.cn/bucket/folder/key.json',
  `${MINISTACK}/bucket/folder/key.json`,
])('%s is an object', (url) => {
  expect(placeOf(url, MINISTACK)).toEqual({ bucket: 'bucket', key: 'folder/key.json' });
});

it.each([
  's3://bucket/key',
  'https://example.com/bucket/key',
  'https://s3.amazonaws.com/bucket',
  `${MINISTACK}/bucket`,
  '',
])('%s is none', (url) => {
  expect(placeOf(url, MINISTACK)).toBeUndefined();
});
