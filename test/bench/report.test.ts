import { chartOf } from '../../bench/report/chart';
import { figuresOf } from '../../bench/report/figures';
import { markdownOf } from '../../bench/report/markdown';
import { BEGIN, END, replaceBetween } from '../../bench/report/page';
import { Results } from '../../bench/report/results';
import { bytesText, secondsText, table } from '../../bench/report/words';

const SUMMARY = {
  scenario: 'weights',
  runs: 2,
  cpuSeconds: 1.5,
  memoryBytes: 150_000_000,
  diskBytes: 0,
  archiveBytes: 1_070_000_000,
};
const RESULTS = Results.parse({
  transfers: {
    date: '2026-01-31',
    machine: { processor: 'A & B', cores: 2, memoryGb: 8, system: 'linux x64', node: 'v20.0.0' },
    dataSets: [{ name: 'weights', bytes: 1_070_000_000, files: 9 }],
    summaries: [
      { ...SUMMARY, rival: 'ours', kind: 'ours', seconds: { min: 2, median: 2.5 }, ratio: 1 },
      { ...SUMMARY, rival: 'tar | gzip -1', kind: 'reference', seconds: { min: 30, median: 31 }, ratio: 15 },
    ],
    verdicts: [{ target: 'faster', measured: '2 times', reached: false }],
    missing: [{ rival: 'tar | pigz', program: 'pigz' }],
  },
});

test('the page lists targets, figures and methods that were not measured', () => {
  const page = markdownOf(RESULTS);
  expect(page).toContain('| faster | 2 times | **missed** |');
  expect(page).toContain('| **ours** | 2 | 2.00 | 2.50 | 1.00 | 1.50 | 150 MB | none | 1.07 GB |');
  expect(page).toContain('| tar \\| gzip -1 | 30.0 (15.0) |');
  expect(page).toContain('`tar | pigz` was not measured: `pigz` is not installed.');
  expect(page).toContain('2026-01-31, 2 cores (A & B), 8 GB, linux x64, Node 20.0.0');
});

test('the chart is well-formed and its bars are proportional to the times', () => {
  const transfers = RESULTS.transfers;
  if (!transfers) throw new Error('there are no transfers');
  const chart = chartOf(transfers);
  const widths = [...chart.matchAll(/width="([\d.]+)" height="16"/g)].map(([, width]) => Number(width));
  expect((widths[1] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(15, 0);
  expect(chart).toContain('A &amp; B');
  expect(chart).toContain('30.0 s (15.0x)');
  const [opened, closed] = [chart.match(/<text/g), chart.match(/<\/text>/g)];
  expect(opened?.length).toBe(closed?.length);
});

test('replaces only the text between the markers', () => {
  const before = `before\n${BEGIN}\nstale\n${END}\nafter\n`;
  const inside = markdownOf(RESULTS);
  const replaced = replaceBetween('docs/page.md', before, BEGIN, END, inside);
  expect(replaced).toMatch(/^before\n/);
  expect(replaced).toMatch(/\nafter\n$/);
  expect(replaced).not.toContain('stale');
  expect(replaceBetween('docs/page.md', replaced, BEGIN, END, inside)).toBe(replaced);
  expect(() => replaceBetween('docs/page.md', 'nothing', BEGIN, END, '')).toThrow('docs/page.md has no line');
});

test('formats figures with their units', () => {
  expect(
    figuresOf({
      scan: { peakMemoryBytes: 125_000_000, models: 10_000, seconds: 7, sageMakerCalls: 2, wallSeconds: 1.2345 },
      plan: { totalMs: 50 },
    }),
  ).toEqual([
    { what: 'scan, peak memory', value: '125 MB' },
    { what: 'scan, models', value: '10,000' },
    { what: 'scan', value: '7 s' },
    { what: 'scan, SageMaker calls', value: '2' },
    { what: 'scan, wall', value: '1.23 s' },
    { what: 'plan, total', value: '50 ms' },
  ]);
});

test('rounds numbers to significant digits', () => {
  expect([0, 999, 1_500, 107_400_000, 1_074_000_000].map(bytesText)).toEqual([
    '0 B',
    '999 B',
    '1.50 KB',
    '107 MB',
    '1.07 GB',
  ]);
  expect([0.456, 12.34, 123.4].map(secondsText)).toEqual(['0.46', '12.3', '123']);
  expect(table(['a|b'], [['c']])).toBe('| a\\|b |\n| --- |\n| c |\n');
});
