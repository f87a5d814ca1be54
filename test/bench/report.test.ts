import { BEGIN, END, replaceBetween } from '../../bench/report/page';
import { markdownOf } from '../../bench/report/results';
import { bytesText, secondsText, table } from '../../bench/report/words';
import { median, summarize } from '../../bench/transfers/summary';

const RUN = { scenario: 'weights', cpuSeconds: 1.5, memoryBytes: 150_000_000, archiveBytes: 1_070_000_000 };
const SUMMARIES = summarize([
  { ...RUN, method: 'this project', round: 1, seconds: 2 },
  { ...RUN, method: 'plain | Node', round: 1, seconds: 8 },
  { ...RUN, method: 'this project', round: 2, seconds: 4, memoryBytes: 160_000_000 },
  { ...RUN, method: 'plain | Node', round: 2, seconds: 10 },
  { ...RUN, method: 'this project', round: 3, seconds: 3 },
]);

test('compares methods within a round: median, ratio and its range', () => {
  expect(SUMMARIES).toMatchObject([
    { method: 'this project', runs: 3, seconds: 3, memoryBytes: 160_000_000, ratio: { median: 1, min: 1, max: 1 } },
    { method: 'plain | Node', runs: 2, seconds: 9, ratio: { median: 3.25, min: 2.5, max: 4 } },
  ]);
  expect([median([5, 1, 3]), median([4, 1, 3, 2]), median([])]).toEqual([3, 2.5, Number.NaN]);
});

test('the page has the machine, the data sets and all figures', () => {
  const measured = {
    date: '2026-01-31',
    machine: { processor: 'A', cores: 2, memoryGb: 8, system: 'linux x64', node: 'v20.0.0' },
  };
  const page = markdownOf({
    transfers: { ...measured, dataSets: [{ name: 'weights', bytes: 1_070_000_000, files: 9 }], summaries: SUMMARIES },
    plan: { ...measured, figures: [{ what: 'plan', value: '1.5 s' }] },
  });
  expect(page).toContain('2026-01-31, 2 cores (A), 8 GB, linux x64, Node 20.0.0');
  expect(page).toContain('- weights: 1.07 GB in 9 files.');
  expect(page).toContain('| plain \\| Node | 2 | 9.00 | 3.25 (2.50 to 4.00) | 1.50 | 150 MB | 1.07 GB |');
  expect(page).toContain('| plan | 1.5 s |');
});

test('replaces only the text between the markers', () => {
  const before = `before\n${BEGIN}\nstale\n${END}\nafter\n`;
  const replaced = replaceBetween('docs/page.md', before, BEGIN, END, 'new');
  expect(replaced).toBe(`before\n${BEGIN}\n\nnew\n${END}\nafter\n`);
  expect(() => replaceBetween('docs/page.md', 'nothing', BEGIN, END, '')).toThrow('docs/page.md has no line');
});

test('rounds numbers to significant digits', () => {
  const bytes = [0, 999, 1_500, 107_400_000, 1_074_000_000].map(bytesText);
  expect(bytes).toEqual(['0 B', '999 B', '1.50 KB', '107 MB', '1.07 GB']);
  expect([0.456, 12.34, 123.4].map(secondsText)).toEqual(['0.46', '12.3', '123']);
  expect(table(['a|b'], [['c']])).toBe('| a\\|b |\n| --- |\n| c |\n');
});
