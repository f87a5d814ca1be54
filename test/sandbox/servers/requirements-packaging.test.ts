import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { evaluateMarker, parseMarker } from '../../../lambda/packaging/markers';
import { satisfies } from '../../../lambda/packaging/satisfies';

const SEED = 20261201;
const PYTHON_VERSION = '3.9';

/** What Python's own library says of the same pairs. */
function ofPackaging(pairs: readonly (readonly [string, string])[], expression: string): boolean[] {
  const program = `
import json, sys
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
print(json.dumps([${expression} for left, right in json.load(sys.stdin)]))`;
  const output = execFileSync(process.env.PYTHON ?? 'python3', ['-c', program], {
    input: JSON.stringify(pairs),
    encoding: 'utf8',
  });
  return JSON.parse(output) as boolean[];
}

const number = fc.constantFrom(0, 1, 2, 10);
const release = fc.array(number, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
const version = fc
  .tuple(
    release,
    fc.constantFrom('', '', '', 'a1', 'rc1', '.post1', '.dev1'),
    fc.constantFrom('', '', '', '+cu118', '+cpu'),
  )
  .map((parts) => parts.join(''));

test('versions are compared as by the library of pip, or more strictly', () => {
  const clause = fc.oneof(
    fc.tuple(fc.constantFrom('==', '!='), version).map((parts) => parts.join('')),
    fc
      .tuple(fc.constantFrom('<', '<=', '>', '>='), version)
      .map(([operator, text]) => operator + text.replace(/\+.*/, '')),
    fc.tuple(fc.constantFrom('==', '!='), release).map(([operator, text]) => `${operator}${text}.*`),
    fc.tuple(release, number).map(([text, last]) => `~=${text}.${last}`),
  );
  const requirement = fc.array(clause, { minLength: 1, maxLength: 3 }).map((clauses) => clauses.join(','));
  const pairs = fc.sample(fc.tuple(version, requirement), { numRuns: 20_000, seed: SEED });
  const expected = ofPackaging(pairs, 'SpecifierSet(right).contains(left, prereleases=True)');
  const actual = pairs.map(([pin, line]) => satisfies(`x${line}`, { x: pin }, PYTHON_VERSION) === 'satisfied');
  const different = pairs.filter((_pair, at) => actual[at] !== expected[at]);
  const tooLenient = pairs.filter((_pair, at) => actual[at] && !expected[at]);
  expect(tooLenient).toEqual([]);
  // A final release is above its pre-release, which the npm library does not see.
  expect(different.filter(([, line]) => !/[<>][\d.]+(?:a|rc|\.post|\.dev)/.test(line))).toEqual([]);
});

test('markers are evaluated as by the library of pip', () => {
  const value = fc.constantFrom(
    '3.8',
    '3.9',
    '3.10',
    '3.9.0',
    '3.9.*',
    'linux',
    'win32',
    'x86_64',
    'posix',
    'CPython',
    '',
  );
  const variable = fc.constantFrom(
    'python_version',
    'python_full_version',
    'sys_platform',
    'platform_machine',
    'os_name',
    'platform_python_implementation',
    'implementation_name',
    'platform_system',
  );
  const operator = fc.constantFrom('==', '!=', '<', '<=', '>', '>=', 'in', 'not in');
  const one = fc.oneof(
    fc.tuple(variable, operator, value).map(([left, sign, right]) => `${left} ${sign} "${right}"`),
    fc.tuple(value, operator, variable).map(([left, sign, right]) => `'${left}' ${sign} ${right}`),
  );
  const two = fc.tuple(one, fc.constantFrom('and', 'or'), one).map((parts) => parts.join(' '));
  const text = fc.oneof(
    one,
    two,
    fc.tuple(two, fc.constantFrom('and', 'or'), two).map(([a, word, b]) => `(${a}) ${word} ${b}`),
  );
  const pairs = fc.sample(fc.tuple(text, fc.constant('')), { numRuns: 5_000, seed: SEED });
  const environment = JSON.stringify({
    python_version: '3.9',
    python_full_version: '3.9.0',
    implementation_version: '3.9.0',
    implementation_name: 'cpython',
    platform_python_implementation: 'CPython',
    platform_machine: 'x86_64',
    platform_release: '',
    platform_version: '',
    platform_system: 'Linux',
    sys_platform: 'linux',
    os_name: 'posix',
  });
  const expected = ofPackaging(pairs, `Marker(left).evaluate(json.loads(${JSON.stringify(environment)}))`);
  const different = pairs.filter(([left], at) => {
    const marker = parseMarker(left);
    return marker === undefined || evaluateMarker(marker, PYTHON_VERSION) !== expected[at];
  });
  expect(different).toEqual([]);
});
