import { reportOf } from '../../trust/report';
import { type Result, withVerdicts } from '../../trust/results';
import { RUNS, type Run } from '../../trust/runs';

const MACHINE = { processor: 'A processor', cores: 2, memoryGb: 24, system: 'linux x64', node: 'v20.20.2' };
const [storm, sequences] = RUNS as [Run, Run];

const result = (run: string, more: Partial<Result> = {}): Result => ({
  ...{ run, cases: 5, failures: 0, seconds: 90, date: '2026-11-01', machine: MACHINE },
  ...more,
});
const verdict = (run: Run) => ({ run, cases: 1_000, failures: 2, seconds: 60, failed: [] });

test('replaces the results of repeated runs, keeps the others, in the order of the runs', () => {
  const before = [result(storm.id), result('no-more')];
  expect(withVerdicts(before, [verdict(sequences)], '2026-11-30', MACHINE)).toEqual([
    result(storm.id),
    result(sequences.id, { cases: 1_000, failures: 2, seconds: 60, date: '2026-11-30' }),
  ]);
  expect(withVerdicts(before, [verdict(storm)], '2026-11-30', MACHINE)).toMatchObject([{ cases: 1_000, failures: 2 }]);
});

test('prints a line for each result and each machine once', () => {
  const other = { ...MACHINE, cores: 8 };
  const text = reportOf([result(storm.id, { cases: 1_000 }), result(sequences.id, { machine: other })]);
  expect(text).toContain(`| storm | ${storm.what} | 1,000 | 0 | 1.5 min | 2026-11-01 |`);
  expect(text).toContain('On 2 cores (A processor), 24 GB, linux x64, Node 20.20.2; 8 cores');
  const others = RUNS.filter((run) => run !== storm && run !== sequences).map(({ id }) => id);
  expect(text).toMatch(new RegExp(`Not yet run in full size: ${others.join(', ')}\\.\n$`));
  expect(reportOf(RUNS.map(({ id }) => result(id)))).not.toContain('Not yet');
  expect(reportOf([result(storm.id), result(sequences.id)]).match(/2 cores/g)).toHaveLength(1);
});
