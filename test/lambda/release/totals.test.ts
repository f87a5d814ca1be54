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
      held: 0,
      failures: [{ ...failed, reason: 'no image' }],
    });
    expect(addRound(first, [created, { action: 'delete', outcome: 'done' }])).toEqual({
      rounds: 2,
      created: 2,
      updated: 0,
      deleted: 1,
      failed: 0,
      held: 0,
      failures: [],
    });
  });

  test('count the packages that are held, with the reason first, and not those that are put off', () => {
    const held = { action: 'delete', outcome: 'held', packages: 7, reason: 'too many' } as const;
    const failed = { action: 'create', outcome: 'failed', version: '2', reason: 'no image' } as const;
    const putOff = { ...held, outcome: 'put off' } as const;
    expect(addRound(undefined, [failed, held])).toMatchObject({ failed: 1, held: 7, failures: [held, failed] });
    expect(addRound(undefined, [putOff])).toMatchObject({ failed: 0, held: 0, failures: [] });
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
