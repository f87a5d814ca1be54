import { judge } from '../../bench/judge/judge';
import { FULL_TARGETS } from '../../bench/judge/targets';
import type { Run } from '../../bench/measure/run';
import { summarize } from '../../bench/measure/summary';
import type { RivalKind } from '../../bench/rivals/rivals';

const KINDS = new Map<string, RivalKind>([
  ['ours', 'ours'],
  ['sample', 'sample'],
  ['slow pipe', 'reference'],
  ['fast pipe', 'reference'],
]);
const MIB = 1024 * 1024;

/** Seconds of each way on each data set, all of them within the targets. */
const GOOD: Record<string, Record<string, number>> = {
  weights: { ours: 1, sample: 9, 'slow pipe': 5, 'fast pipe': 0.8 },
  pickles: { ours: 1, sample: 26, 'slow pipe': 5, 'fast pipe': 0.8 },
  'small files': { ours: 1, sample: 2, 'slow pipe': 5, 'fast pipe': 0.8 },
  'small files at 10 ms': { ours: 2.9, sample: 50 },
};

function runsOf(seconds: typeof GOOD, memoryBytes = 200 * MIB): Run[] {
  return Object.entries(seconds).flatMap(([scenario, ways]) =>
    Object.entries(ways).map(([rival, value]) => ({
      scenario,
      rival,
      seconds: value,
      cpuSeconds: value,
      memoryBytes: rival === 'ours' ? memoryBytes : 999 * MIB,
      diskBytes: 0,
      archiveBytes: 1,
    })),
  );
}

function missed(runs: readonly Run[]): string[] {
  return judge(summarize(runs, KINDS), FULL_TARGETS)
    .filter(({ reached }) => !reached)
    .map(({ target, measured }) => `${target}: ${measured}`);
}

test('reports every target as reached when all figures are within them', () => {
  expect(missed(runsOf(GOOD))).toEqual([]);
});

test.each([
  ['weights', 'sample', 7.9, 'weights: at least 8 times faster than the sample: 7.9 times'],
  ['pickles', 'sample', 24, 'pickles: at least 25 times faster than the sample: 24.0 times'],
  ['weights', 'fast pipe', 0.7, 'weights: at most 1.3 times the time of the best reference: 1.43 times (fast pipe)'],
  [
    'small files',
    'fast pipe',
    0.5,
    'small files: at most 1.3 times the time of the best reference: 2.00 times (fast pipe)',
  ],
  ['small files at 10 ms', 'ours', 3.1, 'small files at 10 ms: at most 3 times the time without latency: 3.10 times'],
])('misses one target when %s with %s takes %s s', (scenario, rival, seconds, expected) => {
  expect(missed(runsOf({ ...GOOD, [scenario]: { ...GOOD[scenario], [rival]: seconds } }))).toEqual([expected]);
});

test('checks the memory of this project on every data set', () => {
  expect(missed(runsOf(GOOD, 256 * MIB))).toEqual(['memory below 256 MB: 256 MB']);
});

test('uses the fastest of several runs', () => {
  const slower = runsOf(GOOD).map((run) => ({ ...run, seconds: run.seconds * 10 }));
  const faster = runsOf({ ...GOOD, weights: { ...GOOD.weights, ours: 0.5 } });
  expect(missed([...slower, ...runsOf(GOOD), ...faster])).toEqual([]);
});

test('counts a target without a measurement as missed', () => {
  const runs = runsOf(GOOD).filter(({ rival }) => rival === 'ours');
  expect(missed(runs)).toEqual([
    'weights: at least 8 times faster than the sample: not measured',
    'pickles: at least 25 times faster than the sample: not measured',
    'weights: at most 1.3 times the time of the best reference: not measured',
    'pickles: at most 1.3 times the time of the best reference: not measured',
    'small files: at most 1.3 times the time of the best reference: not measured',
  ]);
  expect(missed([])).toHaveLength(7);
});
