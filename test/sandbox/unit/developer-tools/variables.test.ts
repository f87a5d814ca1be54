import { namespacesIn, resolveAll, resolveText } from '../../../../sandbox/developer-tools/codepipeline/variables';

const namespaces = new Map<string, Record<string, string>>([
  ['From', { CommitId: 'c0ffee', Cost: '$1 & $&' }],
  ['codepipeline', { PipelineExecutionId: 'e-1' }],
]);

test('references are replaced, literally and everywhere', () => {
  expect(resolveText('a #{From.CommitId} b #{codepipeline.PipelineExecutionId}', namespaces)).toBe('a c0ffee b e-1');
  expect(resolveText('#{From.Cost}', namespaces)).toBe('$1 & $&');
  const none = '# {From.CommitId} {From.CommitId} #{From}';
  expect(resolveText(none, namespaces)).toBe(none);
});

test.each(['#{From.Missing}', '#{Missing.CommitId}', '#{From.toString}'])('%s has no value', (text) => {
  expect(() => resolveAll({ key: text }, namespaces)).toThrow(`The variable ${text} has no value.`);
});

test('the namespaces of a text are known', () => {
  expect(namespacesIn('#{A.b} and #{C.d}')).toEqual(['A', 'C']);
});
