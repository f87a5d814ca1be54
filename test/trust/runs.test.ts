import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/processes/paths';
import { RUNS } from '../../trust/runs';

test.each(RUNS.map(({ id, tests }) => [id, tests] as const))('the tests of %s are there', (_id, tests) => {
  expect(tests).not.toEqual([]);
  expect(tests.filter((file) => !existsSync(join(PROJECT, file)))).toEqual([]);
});
