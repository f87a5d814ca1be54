import fc from 'fast-check';
import { evaluateMarker, parseMarker, printMarker } from '../../../lambda/packaging/markers';
import { satisfies } from '../../../lambda/packaging/satisfies';

const PINS = {
  numpy: '2.1.0',
  scikit_learn: '1.2.1',
  scipy: '1.13.1',
  torch: '2.4.0+cu118',
  pandas: '2.0.0rc1',
  major: '12',
  epoch: '10!2',
  odd: 'unknown',
};

test.each([
  ['numpy', 'satisfied'],
  ['NumPy>=2,<3', 'satisfied'],
  ['numpy<2', 'other version'],
  ['numpy>=1,<2', 'other version'],
  ['numpy==2.1', 'satisfied'],
  ['numpy==2.1.*', 'satisfied'],
  ['numpy==2.1.0.0.*', 'satisfied'],
  ['numpy~=2.0', 'satisfied'],
  ['numpy~=2.0.1', 'other version'],
  ['numpy!=2.1.0', 'other version'],
  ['numpy===2.1.0 --hash=sha256:ab', 'satisfied'],
  ['scikit-learn==1.2.1', 'satisfied'],
  ['torch==2.4.0', 'satisfied'],
  ['torch==2.4.0+cpu', 'other version'],
  ['torch===2.4.0+cu118', 'satisfied'],
  ['torch!=2.4.0+cu118', 'other version'],
  ['torch!=2.4.0+cpu', 'satisfied'],
  ['torch==nonsense+cpu', 'other version'],
  ['major==12.0.*', 'satisfied'],
  ['major~=12.0.0', 'satisfied'],
  ['epoch==10!2.0.*', 'satisfied'],
  ['scipy==1.13.1.*', 'satisfied'],
  ['scipy~=1.13.0', 'satisfied'],
  ['pandas>=1', 'satisfied'],
  ['pandas>=2.0.0b1', 'satisfied'],
  ['pandas>=2', 'other version'],
  ['odd>=1', 'other version'],
  ['lightgbm', 'missing'],
  ['numpy[gpu]', 'missing'],
  ['numpy[gpu]<2', 'other version'],
  ['numpy @ https://pypi.org/numpy-2.1.0.whl', 'other version'],
  ['numpy @ git+https://github.com/x/numpy', 'other version'],
  ['./wheels/numpy-2.1.0-py3-none-any.whl', 'missing'],
  ['git+https://github.com/x/numpy', 'missing'],
  ["pywin32 ; sys_platform == 'win32'", 'satisfied'],
  ["numpy<2 ; python_version < '3.9'", 'satisfied'],
  ["numpy<2 ; python_version < '3.12'", 'other version'],
])('%s is %s', (line, expected) => {
  expect(satisfies(line, PINS, '3.9')).toBe(expected);
});

test('a version of any text is compared', () => {
  const operator = fc.constantFrom('===', '==', '~=', '!=', '<=', '>=', '<', '>');
  const text = fc.stringMatching(/^[a-z0-9.*+!_-]{1,12}$/);
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(PINS)), operator, text, (name, sign, version) => {
      expect(['satisfied', 'other version']).toContain(satisfies(`${name}${sign}${version}`, PINS, '3.9'));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ["python_version < '3.10'", true],
  ["'3.10' > python_version", true],
  ["python_version in '3.8 3.9'", true],
  ["platform_machine == 'x86_64' and (os_name == 'nt' or sys_platform == 'linux')", true],
  ["os_name == 'nt' or sys_platform == 'linux' and extra == 'x'", false],
  ["platform.python_implementation != 'PyPy'", true],
])('%s is %s for Python 3.9 on Linux', (text, expected) => {
  const marker = parseMarker(text);
  expect(marker && evaluateMarker(marker, '3.9')).toBe(expected);
});

test.each([
  '',
  'python_version',
  "'a' == 'b'",
  "python_version < '3' and",
  "(python_version < '3'",
  'x == "y"',
  '('.repeat(50_000),
])('%.30s is not a marker', (text) => {
  expect(parseMarker(text)).toBeUndefined();
});

test('a printed marker is read as the same one', () => {
  const one = fc
    .tuple(
      fc.constantFrom('python_version', 'os_name', 'extra'),
      fc.constantFrom('==', '<', 'not in'),
      fc.constantFrom('3.8', 'a"b', ''),
    )
    .map(([variable, operator, text]) => `${variable} ${operator} '${text}'`);
  const { marker } = fc.letrec((tie) => ({
    marker: fc.oneof(
      { depthSize: 'small' },
      one,
      fc
        .tuple(tie('marker'), fc.constantFrom('and', 'or'), tie('marker'))
        .map(([a, word, b]) => `(${a}) ${word} (${b})`),
    ),
  }));
  fc.assert(
    fc.property(marker, (text) => {
      const read = parseMarker(String(text));
      if (read === undefined) return;
      expect(parseMarker(printMarker(read))).toEqual(read);
    }),
  );
});
