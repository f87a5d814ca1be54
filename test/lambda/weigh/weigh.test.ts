import { weigh } from '../../../lambda/weigh/weigh';

const putOff = (packages: number) => ({ packages, partOf: 'all', held: false });

test('where nothing was put off, nothing goes', () => {
  expect(weigh('all', { owned: 10, absent: [] })).toEqual({ ruling: { go: true }, models: [], held: 0 });
});

test('few packages go, of whatever number of models', () => {
  const absent = ['a', 'b', 'c'].map((name) => [name, putOff(1)] as const);
  expect(weigh('all', { owned: 10, absent })).toEqual({ ruling: { go: true }, models: ['a', 'b', 'c'], held: 0 });
});

test('one package too many, and none goes', () => {
  const absent = Array.from({ length: 6 }, (_, index) => [`model-${index}`, putOff(1)] as const);
  expect(weigh('all', { owned: 29, absent })).toMatchObject({ ruling: { go: false }, models: [], held: 6 });
  expect(weigh('all', { owned: 30, absent }).models).toHaveLength(6);
});

test('packages of a model that is missing as a whole weigh too, and stay', () => {
  const missing = ['missing', { ...putOff(4), held: true }] as const;
  expect(weigh('all', { owned: 10, absent: [missing, ['known', putOff(1)]] })).toMatchObject({ models: ['known'] });
  expect(weigh('all', { owned: 10, absent: [missing, ['known', putOff(2)]] })).toMatchObject({
    ruling: { go: false },
    // Those of the missing model are held by their own sync.
    held: 2,
  });
  expect(weigh('all', { owned: 10, absent: [['missing', { ...putOff(40), held: true }]] }).models).toEqual([]);
});

test('what an earlier sync of all met and this one could not look at weighs too, and stays', () => {
  const earlier = ['earlier', { ...putOff(4), partOf: 'earlier' }] as const;
  expect(weigh('all', { owned: 10, absent: [earlier, ['known', putOff(1)]] }).models).toEqual(['known']);
  expect(weigh('all', { owned: 10, absent: [earlier, ['known', putOff(2)]] })).toMatchObject({ models: [], held: 2 });
  expect(weigh('all', { owned: 10, absent: [['earlier', { ...putOff(40), partOf: 'earlier' }]] })).toMatchObject({
    ruling: { go: true },
    models: [],
  });
});
