import fc from 'fast-check';
import { isFresh } from '../../../../lambda/shared/ledger/daily-look';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

test('what was verified counts for a day at most, until the same moment each day', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.integer({ min: 1e12, max: 4e12 }),
      fc.integer({ min: 1, max: 100 * DAY }),
      (name, at, later) => {
        const now = at + later;
        expect(isFresh(name, at, now) && later >= DAY).toBe(false);
        // Once it is stale it stays so, and what is verified now counts now.
        expect(isFresh(name, now, now)).toBe(true);
        expect(!isFresh(name, at, now) && isFresh(name, at, now + HOUR)).toBe(false);
      },
    ),
  );
});

test('ten thousand models that were verified at once come due over the whole day', () => {
  const verifiedAt = Date.parse('2030-01-02T03:04:05Z');
  let fresh = Array.from({ length: 10_000 }, (_, index) => `model-${index}`);
  for (let hour = 1; hour <= 24; hour++) {
    const before = fresh.length;
    fresh = fresh.filter((name) => isFresh(name, verifiedAt, verifiedAt + hour * HOUR));
    expect(before - fresh.length).toBeGreaterThan(300);
    expect(before - fresh.length).toBeLessThan(550);
  }
  expect(fresh).toEqual([]);
});
