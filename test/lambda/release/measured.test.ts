import { type MeasuredRound, measuredRound } from '../../../lambda/release/measured';
import type { ActionResult } from '../../../lambda/shared/contracts';

const NOW = Date.parse('2026-01-01T00:01:00.000Z');
const nothing = { created: 0, updated: 0, deleted: 0, failed: 0, blocked: 0, waiting: 0 };
const round: MeasuredRound = {
  modelName: 'churn',
  execution: 'arn:aws:states:us-east-1:111111111111:execution:sync:churn-1',
  startedAt: '2026-01-01T00:00:00.000Z',
  results: [],
  totals: nothing,
  ended: true,
};

const of = (changed: Partial<MeasuredRound>) => measuredRound({ ...round, ...changed }, NOW);

test('a finished sync counts what it did, and how long it took since its execution began', () => {
  expect(of({ totals: { created: 2, updated: 1, deleted: 3, failed: 4, blocked: 5, waiting: 6 } })).toEqual({
    counts: {
      PackagesCreated: 2,
      PackagesUpdated: 1,
      PackagesDeleted: 3,
      PackagesFailed: 4,
      PackagesBlocked: 5,
      PackagesWaiting: 6,
    },
    durations: { SyncDuration: 60_000 },
    about: { model: 'churn', execution: round.execution },
  });
});

test('one that found nothing to do costs no metric', () => {
  expect(of({})).toMatchObject({ counts: {}, durations: {} });
  expect(of({ fullSync: 'scheduled' })).toMatchObject({ counts: {}, durations: {} });
});

test('what failed or was blocked is counted without a duration, since nothing was done', () => {
  expect(of({ totals: { ...nothing, failed: 1 } })).toMatchObject({ counts: { PackagesFailed: 1 }, durations: {} });
  expect(of({ totals: { ...nothing, blocked: 7 }, fullSync: 'scheduled' }).counts).toEqual({ PackagesBlocked: 7 });
});

test('a round before the last one counts nothing but its failed sweeps', () => {
  const results: ActionResult[] = [
    { action: 'create', outcome: 'failed' },
    { action: 'sweep', outcome: 'failed', reason: 'timed out' },
  ];
  expect(of({ ended: false, results, totals: { ...nothing, created: 1, failed: 2 } })).toMatchObject({
    counts: { SweepsFailed: 1 },
    durations: {},
  });
  expect(of({ results: [{ action: 'sweep', outcome: 'done' }] }).counts).toEqual({});
});

test('a full sync counts what it created or updated as found by the schedule', () => {
  const totals = { ...nothing, created: 1, deleted: 2 };
  expect(of({ totals }).counts).toEqual({ PackagesCreated: 1, PackagesDeleted: 2 });
  expect(of({ totals, fullSync: 'scheduled' }).counts).toEqual({
    PackagesCreated: 1,
    PackagesDeleted: 2,
    ChangesFoundBySchedule: 1,
  });
});

test('an execution whose beginning is not known has no duration', () => {
  const { startedAt: _unknown, ...others } = round;
  expect(measuredRound({ ...others, totals: { ...nothing, created: 1 } }, NOW).durations).toEqual({});
});
