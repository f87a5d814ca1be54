import { shareArchives } from '../../../lambda/plan/shared-archives';

const creations = ['1', '2', '3', '4', '5'].map((version) => ({ version }));
const versions = (list: readonly { version: string }[]) => list.map(({ version }) => version).join(' ');

test('of versions with one archive, the first makes it and the others come after', () => {
  const keys = new Map([
    ['1', 'a'],
    ['2', 'b'],
    ['3', 'a'],
    ['5', 'b'],
  ]);
  const { create, createAfter } = shareArchives(creations, keys);
  expect(versions(create)).toBe('1 2 4');
  expect(versions(createAfter)).toBe('3 5');
});

test('versions that could not be looked into do not wait for each other', () => {
  expect(shareArchives(creations, new Map())).toEqual({ create: creations, createAfter: [] });
});
