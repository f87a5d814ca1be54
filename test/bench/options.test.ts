import { readOptions } from '../../bench/options';
import { UsageError } from '../../sandbox/cli/command';

test('a full run measures and writes everything; a quick run writes only with --write', () => {
  expect(readOptions([])).toEqual({
    help: false,
    quick: false,
    parts: ['transfers', 'registries', 'sandbox'],
    without: [],
    write: true,
  });
  expect(readOptions(['--quick'])).toMatchObject({ quick: true, write: false });
  expect(readOptions(['--quick', '--write'])).toMatchObject({ write: true });
});

test('selects parts, and never writes results that lack a method', () => {
  expect(readOptions(['--only', 'sandbox', '--only', 'transfers']).parts).toEqual(['transfers', 'sandbox']);
  expect(readOptions(['--without', 'sample', '--write'])).toMatchObject({ without: ['sample'], write: false });
});

test.each([
  [['--only', 'webhook'], 'There are: transfers, registries, sandbox.'],
  [['--without', 'gzip'], 'There are: ours, sample, plain-node, reference.'],
  [['--fast'], '--fast'],
  [['now'], 'now'],
])('rejects %s and lists the allowed values', (args, words) => {
  expect(() => readOptions(args)).toThrow(UsageError);
  expect(() => readOptions(args)).toThrow(words);
});
