import fc from 'fast-check';
import { type AbsentPackage, type Protection, protectDeletions } from '../../../lambda/plan/deletion-protection';
import type { LedgerRecord } from '../../../lambda/shared/store/ledger';

const HOUR = 60 * 60 * 1000;
const WAIT_MS = 72 * HOUR;
const NOW = Date.parse('2030-01-02T03:04:05Z');

const absent = (...numbers: number[]): AbsentPackage[] =>
  numbers.map((number) => ({
    packageArn: `arn:aws:sagemaker:us-east-1:111111111111:model-package/churn/${number}`,
    version: String(number),
    reason: 'absent',
  }));

function protect(
  packages: readonly AbsentPackage[],
  record: Partial<LedgerRecord> = {},
  protection: Partial<Protection> = {},
) {
  const given = { now: NOW, waitMs: WAIT_MS, registryIsEmpty: false, ...protection };
  return protectDeletions('churn', packages, { revision: 1, ...record }, given);
}

test('without absent packages nothing is blocked, and all clocks are dropped', () => {
  expect(protect([], { absences: { 1: NOW } })).toEqual({ delete: [], blocked: [], absences: undefined });
});

test('a package stays until its version was absent for the waiting time, counted from the first look', () => {
  const first = protect(absent(1));
  expect(first).toMatchObject({ delete: [], absences: { 1: NOW } });
  expect(first.blocked).toEqual([
    {
      action: 'delete',
      outcome: 'blocked',
      version: '1',
      packageArn: absent(1)[0]?.packageArn,
      deletesAt: '2030-01-05T03:04:05.000Z',
      reason: expect.stringMatching(
        /^MLflow no longer lists the version 1 of churn .* at 2030-01-05T03:04:05\.000Z .* \{"modelName":"churn","confirmDeletions":true\}$/,
      ),
    },
  ]);
  const absences = { 1: NOW };
  expect(protect(absent(1), { absences }, { now: NOW + WAIT_MS - 1 })).toMatchObject({ delete: [], absences });
  expect(protect(absent(1), { absences }, { now: NOW + WAIT_MS })).toEqual({
    ...{ delete: absent(1), blocked: [] },
    absences,
  });
});

test('each package has its own clock, and one that is not absent any more loses it', () => {
  const absences = { 1: NOW - WAIT_MS, 2: NOW - 5, 3: NOW - 7 };
  const decided = protect(absent(1, 2, 4), { absences });
  expect(decided.delete).toEqual(absent(1));
  expect(decided.blocked.map(({ version }) => version)).toEqual(['2', '4']);
  expect(decided.absences).toEqual({ 1: NOW - WAIT_MS, 2: NOW - 5, 4: NOW });
});

test('an empty registry starts no clock and ends none', () => {
  const absences = { 1: NOW - WAIT_MS };
  const decided = protect(absent(1, 2), { absences }, { registryIsEmpty: true });
  expect(decided).toMatchObject({ delete: [], absences });
  expect(decided.absences).not.toHaveProperty('2');
  for (const one of decided.blocked) {
    expect(one).not.toHaveProperty('deletesAt');
    expect(one.reason).toContain('MLflow lists no models at all');
  }
});

test('a confirmation deletes all of them, for as long as it is valid', () => {
  for (const registryIsEmpty of [false, true]) {
    const packages = absent(1, 2);
    expect(protect(packages, { confirmedUntil: NOW + 1 }, { registryIsEmpty }).delete).toEqual(packages);
    expect(protect(packages, { confirmedUntil: NOW }, { registryIsEmpty }).delete).toEqual([]);
  }
});

test('of many blocked packages nine are named, the first to go first, and the others are counted', () => {
  const packages = absent(...Array.from({ length: 1000 }, (_, index) => index + 1));
  const { blocked } = protect(packages, { absences: { 900: NOW - HOUR } });
  expect(blocked).toHaveLength(10);
  expect(blocked[0]).toMatchObject({ version: '900' });
  expect(blocked.at(-1)).toMatchObject({ outcome: 'blocked', packages: 991 });
  expect(JSON.stringify(blocked).length).toBeLessThan(20_000);
});

test('whatever is absent, each package is either deleted or blocked', () => {
  const times = fc.integer({ min: NOW - 2 * WAIT_MS, max: NOW });
  const records = fc.record({
    absences: fc.dictionary(fc.integer({ min: 1, max: 9 }).map(String), times),
    confirmedUntil: fc.option(fc.integer({ min: NOW - HOUR, max: NOW + HOUR }), { nil: 0 }),
  });
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 9 }));
  fc.assert(
    fc.property(numbers, records, fc.boolean(), (given, record, registryIsEmpty) => {
      const { delete: deleted, blocked } = protect(absent(...given), record, { registryIsEmpty });
      const arns = [...deleted, ...blocked].map(({ packageArn }) => packageArn);
      expect(arns.sort()).toEqual(
        absent(...given)
          .map(({ packageArn }) => packageArn)
          .sort(),
      );
    }),
  );
});
