import { type Asked, ruleOnGone } from '../../../lambda/plan/rule-on-gone';
import { type Absence, MODEL_MISSING_MS } from '../../../lambda/shared/brake';
import type { LedgerRecord } from '../../../lambda/shared/store/ledger';

const NOW = Date.parse('2030-01-02T03:04:05Z');

function gone(count: number) {
  return Array.from({ length: count }, (_, index) => ({ packageArn: `arn:${index}`, reason: 'gone' }));
}

interface Setting extends Asked {
  readonly model?: Absence['model'];
  readonly owned?: number;
  readonly before?: Omit<LedgerRecord, 'revision'>;
}

function rule(count: number, { model = 'known', owned = 10, before = {}, ...asked }: Setting = {}) {
  return ruleOnGone(
    'churn',
    gone(count),
    asked,
    { revision: 1, ...before },
    {
      now: () => NOW,
      stateOfModel: async () => model,
      countOwned: async () => owned,
    },
  );
}

test('where nothing is gone, nothing is asked', async () => {
  const never = () => Promise.reject(new Error('asked'));
  const effects = { now: () => NOW, stateOfModel: never, countOwned: never };
  expect(await ruleOnGone('churn', [], { partOf: 'all' }, { revision: 0 }, effects)).toEqual({
    delete: [],
    notDone: [],
    absent: undefined,
  });
});

test('few packages of a known model go at once, and nobody counts all of them', async () => {
  const countOwned = () => Promise.reject(new Error('asked'));
  const effects = { now: () => NOW, stateOfModel: async () => 'known' as const, countOwned };
  expect(await ruleOnGone('churn', gone(5), {}, { revision: 1 }, effects)).toStrictEqual({
    delete: gone(5),
    notDone: [],
    absent: { packages: 5, held: false },
  });
});

test('many are held, and counted', async () => {
  const ruled = await rule(6);
  expect(ruled).toMatchObject({ delete: [], absent: { packages: 6, held: true } });
  expect(ruled.notDone).toEqual([expect.objectContaining({ action: 'delete', outcome: 'held', packages: 6 })]);
  expect((await rule(6, { owned: 30 })).delete).toHaveLength(6);
  // And again: that they were met before is nobody's word.
  const before = { absent: { packages: 6, held: true } };
  expect(await rule(6, { before })).toMatchObject({ delete: [], absent: { packages: 6, held: true } });
  expect(await rule(7, { before })).toMatchObject({ absent: { packages: 7 } });
});

test('as part of a sync of all they are put off, whatever their number', async () => {
  for (const count of [1, 6]) {
    const ruled = await rule(count, { partOf: 'all' });
    expect(ruled).toMatchObject({ delete: [], absent: { packages: count, partOf: 'all', held: false } });
    expect(ruled.notDone).toEqual([
      expect.objectContaining({ outcome: 'put off', packages: count, reason: expect.stringContaining('sync of all') }),
    ]);
  }
});

describe('what was left to a sync of all', () => {
  const before = { absent: { packages: 2, partOf: 'all', held: false } };

  test('is not for the sync of the model on its own, however few they are', async () => {
    const ruled = await rule(1, { before });
    expect(ruled).toMatchObject({ delete: [], notDone: [{ outcome: 'put off' }], absent: before.absent });
  });

  test('goes by the word of that sync, and by that of no other', async () => {
    expect(await rule(2, { before, weighedBy: 'all' })).toEqual({
      delete: gone(2),
      notDone: [],
      absent: before.absent,
    });
    expect((await rule(2, { before, weighedBy: 'another' })).delete).toEqual([]);
    expect((await rule(6, { weighedBy: 'all' })).notDone).toMatchObject([{ outcome: 'held' }]);
  });

  test('goes in portions where it is more than one round does', async () => {
    const { absent } = await rule(2, { before, weighedBy: 'all' });
    expect((await rule(1, { before: { ...(absent && { absent }) }, weighedBy: 'all' })).delete).toHaveLength(1);
  });

  test('stays where more is gone by then than that sync weighed, or the model as a whole', async () => {
    expect(await rule(3, { before, weighedBy: 'all' })).toMatchObject({
      delete: [],
      notDone: [{ outcome: 'put off' }],
      absent: before.absent,
    });
    for (const model of ['missing', 'empty'] as const) {
      const ruled = await rule(2, { before, model, weighedBy: 'all' });
      expect(ruled).toMatchObject({ delete: [], notDone: [{ outcome: 'held' }] });
    }
  });

  test('is for the next sync of all, with what there is then', async () => {
    const ruled = await rule(3, { before, partOf: 'next' });
    expect(ruled).toMatchObject({ delete: [], absent: { packages: 3, partOf: 'next', held: false } });
  });

  test("goes by a person's word", async () => {
    expect((await rule(50, { before: { ...before, confirmedUntil: NOW + 1 } })).delete).toHaveLength(50);
  });
});

test.each(['missing', 'empty'] as const)('of a model that is %s none goes, and since when is kept', async (model) => {
  const first = await rule(1, { model, partOf: 'all' });
  expect(first).toMatchObject({ delete: [], absent: { missingSince: NOW, partOf: 'all', held: true } });
  expect(first.notDone).toEqual([expect.objectContaining({ outcome: 'held' })]);
  const again = await rule(1, { model, before: { absent: { packages: 1, missingSince: NOW - 5, held: true } } });
  expect(again).toMatchObject({ delete: [], absent: { missingSince: NOW - 5 } });
});

test('a model that was missing for three days loses its packages; one that came back meanwhile counts anew', async () => {
  const before = { absent: { packages: 1, missingSince: NOW - MODEL_MISSING_MS, held: true } };
  expect((await rule(1, { model: 'missing', before })).delete).toHaveLength(1);
  const known = await rule(1, { before });
  expect(known.absent).toEqual({ packages: 1, held: false });
  expect(await rule(1, { model: 'missing', before: { absent: { packages: 1, held: false } } })).toMatchObject({
    delete: [],
    absent: { missingSince: NOW },
  });
});

test("a person's word counts for anything, and no longer than it was given for", async () => {
  for (const model of ['known', 'missing', 'empty'] as const) {
    const setting = { model, partOf: 'all' };
    expect(await rule(50, { ...setting, before: { confirmedUntil: NOW + 1 } })).toEqual({
      delete: gone(50),
      notDone: [],
      absent: { packages: 50, held: false },
    });
    expect((await rule(50, { ...setting, before: { confirmedUntil: NOW } })).delete).toEqual([]);
  }
});
