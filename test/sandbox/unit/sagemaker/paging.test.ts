import { HOSTING_LIST, type Listed, type ListInput, page, REGISTRY_LIST } from '../../../../sandbox/sagemaker/paging';

const at = (seconds: number) => new Date(seconds * 1_000);
const listed = (name: string, sequence: number, seconds = sequence): Listed<string> => ({
  item: name,
  name,
  sequence,
  creationTime: at(seconds),
});
const fruit = [listed('pear', 1), listed('apple', 2), listed('fig', 3), listed('plum', 4, 3)];
const list = (input: ListInput, items = fruit, kind = REGISTRY_LIST) => page('List', items, input, kind);

test('sorts by creation, and what was created at one time in order', () => {
  expect(list({}).items).toEqual(['pear', 'apple', 'fig', 'plum']);
  expect(list({}, fruit, HOSTING_LIST).items).toEqual(['plum', 'fig', 'apple', 'pear']);
});

test('sorts by name', () => {
  expect(list({ SortBy: 'Name' }).items).toEqual(['apple', 'fig', 'pear', 'plum']);
});

test('filters by part of the name and by time, both ends excluded', () => {
  expect(list({ NameContains: 'P' }).items).toEqual(['pear', 'apple', 'plum']);
  expect(list({ CreationTimeAfter: at(1), CreationTimeBefore: at(3) }).items).toEqual(['apple']);
});

test('the lists of models, configurations and endpoints include the time after which they begin', () => {
  expect(list({ CreationTimeAfter: at(3) }, fruit, HOSTING_LIST).items).toEqual(['plum', 'fig']);
  expect(list({ CreationTimeAfter: at(3) }).items).toEqual([]);
});

test('shows ten a page unless asked otherwise', () => {
  const many = Array.from({ length: 11 }, (_, n) => listed(`n${n}`, n));
  expect(list({}, many).items).toHaveLength(10);
  expect(list({ MaxResults: 11 }, many)).toEqual({ items: many.map(({ item }) => item) });
});

test('goes on behind the last item shown, whatever was added or deleted meanwhile', () => {
  const first = list({ MaxResults: 2, SortBy: 'Name' });
  const token = first.NextToken ?? '';
  const changed = [...fruit.filter(({ name }) => name !== 'fig'), listed('banana', 5), listed('grape', 6)];
  expect(first.items).toEqual(['apple', 'fig']);
  expect(list({ SortBy: 'Name', NextToken: token }, changed).items).toEqual(['grape', 'pear', 'plum']);
});

test.each([
  ['nonsense', 'nonsense'],
  ['JSON of another shape', Buffer.from('[1]').toString('base64url')],
  ['the token of another action', page('Other', fruit, { MaxResults: 1 }, REGISTRY_LIST).NextToken ?? ''],
  ['the token of another order', list({ MaxResults: 1, SortBy: 'Name' }).NextToken ?? ''],
])('refuses %s', (_what, NextToken) => {
  expect(() => list({ NextToken })).toThrow('Invalid NextToken');
});
