import type { Run } from '../../trust/runs';
import { type JestReport, verdictsOn } from '../../trust/verdict';

const RUN: Run = { id: 'storm', what: 'many at once', tests: ['test/a.test.ts', 'test/b.test.ts'] };

function report(...files: readonly [name: string, ...statuses: string[]][]): JestReport {
  return {
    testResults: files.map(([name, ...statuses], index) => ({
      startTime: 1_000,
      endTime: 61_000 + index * 1_000,
      name: `/project/${name}`,
      status: statuses.length > 0 && statuses.every((status) => status === 'passed') ? 'passed' : 'failed',
      assertionResults: statuses.map((status, index) => ({ status, fullName: `${name} ${index}` })),
    })),
  };
}

function verdict(jest: JestReport, cases: readonly number[]) {
  const [only] = verdictsOn(
    [RUN],
    jest,
    cases.map((count) => ({ run: 'storm', cases: count })),
    '/project',
  );
  return only;
}

const WHOLE = report(['test/a.test.ts', 'passed', 'passed'], ['test/b.test.ts', 'passed']);

test('cases of all tests of a run add up', () => {
  expect(verdict(WHOLE, [1_000, 20])).toMatchObject({ cases: 1_020, failures: 0, failed: [] });
});

test('times of all files of a run add up', () => {
  expect(verdict(WHOLE, [1])).toMatchObject({ seconds: 121 });
});

test.each<[string, JestReport, number[], string[]]>([
  [
    'a test that failed',
    report(['test/a.test.ts', 'passed', 'failed'], ['test/b.test.ts', 'passed']),
    [5],
    ['test/a.test.ts 1'],
  ],
  [
    'a test that was skipped',
    report(['test/a.test.ts', 'pending'], ['test/b.test.ts', 'passed']),
    [5],
    ['test/a.test.ts 0'],
  ],
  ['a file that was not run', report(['test/a.test.ts', 'passed']), [5], ['test/b.test.ts was not run']],
  [
    'a file that does not load',
    report(['test/a.test.ts', 'passed'], ['test/b.test.ts']),
    [5],
    ['test/b.test.ts could not be run'],
  ],
  ['a run that tried nothing', WHOLE, [], ['storm tried nothing']],
])('%s fails its run', (_what, jest, cases, failed) => {
  expect(verdict(jest, cases)).toMatchObject({ failures: 1, failed });
});
