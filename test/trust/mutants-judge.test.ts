import { faultsOf } from '../../trust/mutants/judge';
import { asList, readList } from '../../trust/mutants/list';
import { type Change, type Mutant, type MutationReport, scoreOf } from '../../trust/mutants/report';

const SOURCE = 'export function add(a: number, b: number): number {\n  return a + b;\n}\n';
const change: Change = { file: 'lambda/add.ts', before: 'return a + b;', after: 'return a - b;' };
const atSum = { start: { line: 2, column: 10 }, end: { line: 2, column: 15 } };
const atBody = { start: { line: 1, column: 51 }, end: { line: 3, column: 2 } };

function report(...mutants: readonly Mutant[]): MutationReport {
  return { files: { 'lambda/add.ts': { source: SOURCE, mutants } } };
}
const survivor: Mutant = { status: 'Survived', replacement: 'a - b', location: atSum };
const killed = (count: number): Mutant[] =>
  Array.from({ length: count }, () => ({ status: 'Killed', replacement: '{}', location: atBody }));

test('a survivor is told as a diff of the lines that it changes', () => {
  expect(scoreOf(report(survivor)).survivors).toEqual([change]);
  expect(scoreOf(report({ ...survivor, location: atBody, replacement: '{}' })).survivors).toEqual([
    {
      file: 'lambda/add.ts',
      before: 'export function add(a: number, b: number): number { return a + b; }',
      after: 'export function add(a: number, b: number): number {}',
    },
  ]);
});

test('late ones count as killed, those that no test reaches as survivors, those that do not load not at all', () => {
  const { mutants, killed: dead } = scoreOf(
    report(
      ...killed(2),
      { ...survivor, status: 'Timeout' },
      { ...survivor, status: 'NoCoverage' },
      { ...survivor, status: 'RuntimeError' },
    ),
  );
  expect([mutants, dead]).toEqual([4, 3]);
});

test('a survivor that is listed is none, if nine of ten were killed', () => {
  expect(faultsOf('sums', scoreOf(report(survivor, ...killed(9))), [change])).toEqual([]);
  expect(faultsOf('sums', scoreOf(report(survivor, ...killed(8))), [change])).toEqual([
    'sums: 88.9 % are killed, not 90 %',
  ]);
});

test('a survivor that is not listed, and what is listed and no mutant any more, are faults in the words of the list', () => {
  const score = scoreOf(report(survivor, ...killed(20)));
  const other: Change = { ...change, after: 'return a * b;' };
  const faults = faultsOf('sums', score, [other, { ...other, file: 'lambda/elsewhere.ts' }]);
  expect(faults.map((fault) => readList(`${fault}because`))).toEqual([[change], [other]]);
});

test('a list without a reason is none', () => {
  expect(readList(`# Title\n\n${asList([change])}\nThe sum is zero.\n`)).toEqual([change]);
  expect(() => readList(`${asList([change])}\n${asList([change])}`)).toThrow('no reason');
});
