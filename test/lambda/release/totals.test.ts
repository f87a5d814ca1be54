import { addRound, hasMore } from '../../../lambda/release/totals';

const created = { action: 'create', outcome: 'done', version: '1' } as const;

describe('totals', () => {
  test('add up over rounds; failures are those of the last round', () => {
    const failed = {
      action: 'create',
      outcome: 'failed',
      version: '2',
      reason: '{"errorMessage":"no image","errorType":"RefusedError"}',
    } as const;
    const first = addRound(undefined, [created, failed, { action: 'update', outcome: 'skipped' }]);
    expect(first).toEqual({
      rounds: 1,
      created: 1,
      updated: 0,
      deleted: 0,
      failed: 1,
      blocked: 0,
      waiting: 0,
      failures: [{ ...failed, reason: 'no image' }],
    });
    expect(addRound(first, [created, { action: 'delete', outcome: 'done' }])).toEqual({
      rounds: 2,
      created: 2,
      updated: 0,
      deleted: 1,
      failed: 0,
      blocked: 0,
      waiting: 0,
      failures: [],
    });
  });

  test('count blocked packages, name them beside the failures, and say when the first one is deleted', () => {
    const blocked = (version: string, deletesAt: string) =>
      ({ action: 'delete', outcome: 'blocked', version, deletesAt, reason: 'absent' }) as const;
    const [later, sooner] = [blocked('1', '2030-01-05T00:00:00.000Z'), blocked('2', '2030-01-04T00:00:00.000Z')];
    const more = { action: 'delete', outcome: 'blocked', packages: 7, reason: '7 more' } as const;
    const failed = { action: 'create', outcome: 'failed', version: '2', reason: 'no image' } as const;
    expect(addRound(undefined, [failed, later, sooner, more])).toMatchObject({
      failed: 1,
      blocked: 9,
      deletesAt: '2030-01-04T00:00:00.000Z',
      failures: [failed, later, sooner, more],
    });
    expect(addRound(undefined, [failed])).not.toHaveProperty('deletesAt');
    const many = addRound(undefined, [...Array.from({ length: 30 }, () => failed), later, more]);
    expect(many.failures).toHaveLength(20);
    expect(many.failures.slice(-2)).toEqual([later, more]);
  });

  test('count waiting versions of the last round, and say what they wait for', () => {
    const waiting = { action: 'create', outcome: 'waiting', version: '3', environment: 'e', reason: 'waits' } as const;
    const first = addRound(undefined, [created, waiting]);
    expect(first).toMatchObject({ created: 1, failed: 0, waiting: 1, failures: [waiting] });
    expect(addRound(first, [created])).toMatchObject({ created: 2, waiting: 0, failures: [] });
  });

  test('keep the output small, and count what they leave out', () => {
    const failures = Array.from(
      { length: 500 },
      () => ({ action: 'create', outcome: 'failed', reason: 'x'.repeat(5000) }) as const,
    );
    const totals = addRound(undefined, failures);
    expect(totals.failed).toBe(500);
    expect(JSON.stringify(totals).length).toBeLessThan(20_000);
  });
});

describe('what a round left', () => {
  test('is gone on with while something gets done, and not when everything failed', () => {
    expect(hasMore(0, [created])).toBe(false);
    expect(hasMore(undefined, [created])).toBe(false);
    expect(hasMore(5, [created])).toBe(true);
    expect(hasMore(5, [{ action: 'create', outcome: 'failed', version: '2' }])).toBe(false);
  });
});
