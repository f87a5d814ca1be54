import { readOptions } from '../../bench/options';
import { UsageError } from '../../sandbox/cli/command';

test('measures everything by default, or the selected parts', () => {
  const all = ['transfers', 'plan', 'webhook', 'sandbox'];
  expect(readOptions([])).toEqual({ help: false, quick: false, parts: all });
  expect(readOptions(['--quick', '--only', 'sandbox', '--only', 'transfers'])).toEqual({
    help: false,
    quick: true,
    parts: ['transfers', 'sandbox'],
  });
});

test.each([
  [['--only', 'disk'], '--only disk: there is no such part. Choose from: transfers, plan, webhook, sandbox.'],
  [['--fast'], '--fast'],
  [['now'], 'now'],
])('rejects %s and names it', (args, words) => {
  expect(() => readOptions(args)).toThrow(UsageError);
  expect(() => readOptions(args)).toThrow(words);
});
