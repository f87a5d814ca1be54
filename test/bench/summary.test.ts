import { median, summarize } from '../../bench/measure/summary';
import { percentile } from '../../bench/sandbox/load';
import { FULL_ROUNDS, runsIn } from '../../bench/transfers/rounds';

const RUN = { scenario: 'weights', cpuSeconds: 1, memoryBytes: 10, diskBytes: 0, archiveBytes: 5 };

test('a summary has the least and the median time, the most memory, and the ratio to ours', () => {
  const runs = [
    { ...RUN, rival: 'ours', seconds: 3 },
    { ...RUN, rival: 'theirs', seconds: 8 },
    { ...RUN, rival: 'ours', seconds: 2, memoryBytes: 30 },
    { ...RUN, rival: 'ours', seconds: 7, cpuSeconds: 4 },
  ];
  const [ours, theirs] = summarize(
    runs,
    new Map([
      ['ours', 'ours'],
      ['theirs', 'sample'],
    ]),
  );
  expect(ours).toMatchObject({ runs: 3, seconds: { min: 2, median: 3 }, cpuSeconds: 1, memoryBytes: 30, ratio: 1 });
  expect(theirs).toMatchObject({ kind: 'sample', runs: 1, seconds: { min: 8, median: 8 }, ratio: 4 });
});

test('medians and percentiles', () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([percentile(hundred, 50), percentile(hundred, 99), percentile([7], 99)]).toEqual([50, 99, 7]);
});

test('slow ways run less often, once they are known to be slow', () => {
  const rounds = (first: number | undefined) => [1, 2, 3, 4, 5, 6].filter((round) => runsIn(round, first, FULL_ROUNDS));
  expect(rounds(1)).toEqual([1, 2, 3, 4, 5]);
  expect(rounds(30)).toEqual([1, 2]);
  expect(runsIn(1, undefined, FULL_ROUNDS)).toBe(true);
});
