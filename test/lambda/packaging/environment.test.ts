import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { digestOf, type EnvironmentFiles, environmentOf } from '../../../lambda/packaging/environment';
import { filesToRead, wheelsToHash } from '../../../lambda/packaging/environment-files';
import type { RequirementRules } from '../../../lambda/packaging/requirements';
import { parseMlModel } from '../../../lambda/shared/flavors/mlmodel';
import { refusal } from '../../support/refusal';

const RULES: RequirementRules = { indexes: [], sources: false };

interface Logged {
  readonly requirements?: string;
  readonly conda?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly python?: string | undefined;
  readonly mlflow?: string | undefined;
  readonly createdAt?: string | undefined;
  readonly wheels?: Readonly<Record<string, string>>;
}

/** A model folder, as far as it says an environment. */
function folder({ requirements, conda, files = {}, wheels = {}, ...rest }: Logged): EnvironmentFiles {
  const { python = '3.11.7', mlflow = '3.17.2', createdAt = '2026-11-23 20:00:23.329874' } = rest;
  const texts = new Map(Object.entries(files));
  if (requirements !== undefined) texts.set('requirements.txt', requirements);
  if (conda !== undefined) texts.set('conda.yaml', conda);
  const config: Record<string, unknown> =
    'python' in rest && rest.python === undefined ? {} : { python_version: python };
  return {
    mlmodel: {
      flavors: { python_function: config },
      signature: undefined,
      mlflowVersion: 'mlflow' in rest ? rest.mlflow : mlflow,
      createdAt: 'createdAt' in rest ? rest.createdAt : createdAt,
    },
    texts,
    wheelHashes: new Map(Object.entries(wheels)),
  };
}

const specOf = (logged: Logged, rules = RULES) => environmentOf(folder(logged), rules).spec;
const digest = (logged: Logged, rules = RULES) => environmentOf(folder(logged), rules).digest;
const why = (logged: Logged) => refusal((async () => environmentOf(folder(logged), RULES))());

test('a model as MLflow logs it', () => {
  const { spec, warnings } = environmentOf(
    folder({ requirements: 'mlflow==3.17.2\ncloudpickle==3.1.2\nscikit_learn==1.9.1\nnumpy==2.4.6' }),
    RULES,
  );
  expect(spec).toEqual({
    recipe: '1',
    python: '3.11',
    mlflow: '3.17.2',
    packages: ['cloudpickle==3.1.2', 'mlflow==3.17.2', 'numpy==2.4.6', 'scikit-learn==1.9.1'],
    constraints: [],
    overrides: [],
    indexes: [],
    before: '2026-12-15',
    wheels: {},
  });
  expect(warnings).toEqual([]);
});

describe('MLflow', () => {
  test.each([
    ['a range takes the version that logged the model', 'mlflow<3,>=2.1', '2.19.0', [], ['mlflow==2.19.0']],
    ['no version takes it, too', 'mlflow', '2.19.0', [], ['mlflow==2.19.0']],
    ['a pinned one stays', 'mlflow==2.20.0', '2.19.0', [], []],
    [
      'a range with a wildcard, too, and extras stay',
      'mlflow[gateway]==2.*',
      '2.19.0',
      [],
      ['mlflow[gateway]==2.19.0'],
    ],
    ['a marker pins nothing', "mlflow>=2; python_version=='3.11'", '2.19.0', [], ['mlflow==2.19.0']],
    ['none is added', 'numpy==2.0.0', '2.19.0.dev0', ['mlflow==2.19.0'], []],
    ['one that pins skinny gets pandas for the server', 'mlflow-skinny==2.19.0', '2.19.0', ['pandas'], []],
    ['an old one imports pkg_resources', 'mlflow==2.9.2', '2.9.2', ['setuptools<81'], []],
  ])('%s', (_what, requirements, mlflow, packages, overrides) => {
    const spec = specOf({ requirements, mlflow });
    expect(spec.packages).toEqual(expect.arrayContaining(packages));
    expect(spec.overrides).toEqual(overrides);
  });

  test('a model that says no version at all takes one of its month', () => {
    expect(specOf({ requirements: 'numpy', mlflow: undefined })).toMatchObject({
      mlflow: '',
      packages: ['mlflow', 'numpy'],
    });
  });
});

describe('what is not pinned', () => {
  test.each([
    ['2026-12-31 23:59:59.9', '2027-01-15'],
    ['2020-11-01 00:00:00', '2020-12-15'],
    [undefined, null],
    ['yesterday', null],
  ])('of a model logged at %s is resolved as of %s', (createdAt, before) => {
    expect(specOf({ requirements: 'numpy', createdAt })).toMatchObject({ before });
  });

  test('has no date with an index of its own, since it may tell none', () => {
    const rules = { indexes: ['https://pypi.example.com/simple'], sources: false };
    const requirements = '--extra-index-url https://pypi.example.com/simple\nnumpy';
    expect(specOf({ requirements }, rules)).toMatchObject({
      before: null,
      indexes: ['https://pypi.example.com/simple'],
    });
  });
});

describe('conda.yaml', () => {
  const conda = `name: mlflow-env
channels: [defaults]
dependencies:
- python=3.10.13
- scikit-learn=0.24.1
- conda-forge::numpy=1.19.5=py38_0
- pip<=25
- pip:
  - mlflow==1.14.0
  - cloudpickle==1.6.0
`;
  test('says the packages where there is no requirements.txt', () => {
    expect(specOf({ conda, mlflow: undefined, python: undefined })).toMatchObject({
      python: '3.10',
      packages: ['cloudpickle==1.6.0', 'mlflow==1.14.0', 'numpy==1.19.5', 'scikit-learn==0.24.1', 'setuptools<81'],
    });
  });

  test('gives the same image as requirements.txt with the same packages', () => {
    const requirements = 'numpy==1.19.5\nmlflow==1.14.0\nscikit-learn==0.24.1\ncloudpickle==1.6.0\n';
    expect(digest({ conda, python: '3.10.13' })).toBe(digest({ requirements, python: '3.10.1' }));
  });

  test('adds the conda packages that requirements.txt lacks', () => {
    const both = { conda, requirements: 'mlflow==1.14.0\ncloudpickle==1.6.0\nnumpy==1.19.4\n' };
    expect(specOf({ ...both, mlflow: undefined }).packages).toEqual([
      'cloudpickle==1.6.0',
      'mlflow==1.14.0',
      'numpy==1.19.4',
      'scikit-learn==0.24.1',
      'setuptools<81',
    ]);
  });

  test('of `conda env export` gives the packages of Python, under the names of PyPI', () => {
    const exported = `dependencies:
- _libgcc_mutex=0.1=main
- openssl=1.1.1k=h27cfd23_0
- conda-forge::pytorch=1.13.1=py3.10_cuda11.6_0
- packaging=23.1=pyhd8ed1ab_0
- joblib
`;
    expect(specOf({ conda: exported }).packages).toEqual([
      'joblib',
      'mlflow==3.17.2',
      'packaging==23.1',
      'torch==1.13.1',
    ]);
  });

  test('is data', async () => {
    expect(await why({ conda: 'dependencies: !!python/object/apply:os.system [x]' })).toMatch(
      /conda.yaml is not valid YAML/,
    );
  });
});

describe('files of the model folder', () => {
  const files = { 'constraints.txt': 'threadpoolctl<99 # why\n', 'more.txt': '-c constraints.txt\nlightgbm\n' };

  test('constraints and further requirements are written out', () => {
    expect(specOf({ requirements: '-c constraints.txt\n-rmore.txt\nscikit-learn', files })).toMatchObject({
      packages: ['lightgbm', 'mlflow==3.17.2', 'scikit-learn'],
      constraints: ['threadpoolctl<99'],
    });
  });

  test('a file names others relative to itself, as for pip', () => {
    const nested = { 'reqs/base.txt': '-c constraints.txt\nnumpy\n', 'reqs/constraints.txt': 'numpy<3\n' };
    expect(filesToRead(new Map(Object.entries({ 'requirements.txt': '-r reqs/base.txt', ...nested })))).toEqual([
      'reqs/base.txt',
      'reqs/constraints.txt',
    ]);
    expect(specOf({ requirements: '-r reqs/base.txt', files: nested })).toMatchObject({ constraints: ['numpy<3'] });
  });

  test('files that name each other are refused', async () => {
    const circle = { 'a.txt': '-r b.txt', 'b.txt': '-r a.txt' };
    expect(await why({ requirements: '-r a.txt', files: circle })).toMatch(/more than 20 files/);
  });

  test('reading a folder leaves lines alone that only an environment image refuses', () => {
    const texts = new Map([
      ['requirements.txt', '/dbfs/x-1.0-py3-none-any.whl\n-r ../x.txt\nnumpy ; nonsense\n-c c.txt'],
    ]);
    expect(filesToRead(texts)).toEqual(['c.txt']);
    expect(wheelsToHash(texts)).toEqual([]);
    expect(filesToRead(new Map([['conda.yaml', 'a: [']]))).toEqual([]);
  });

  test.each([
    'code/field-1.0-py3-none-any.whl',
    './code/field-1.0-py3-none-any.whl',
    'field @ file:code/field-1.0-py3-none-any.whl',
  ])('%s is a wheel of the model, known by its content', (line) => {
    const wheels = { 'code/field-1.0-py3-none-any.whl': 'a'.repeat(64) };
    const { spec, wheelSources, digest: one } = environmentOf(folder({ requirements: line, wheels }), RULES);
    expect(spec.packages).toContain('./wheels/field-1.0-py3-none-any.whl');
    expect(spec.wheels).toEqual({ 'field-1.0-py3-none-any.whl': 'a'.repeat(64) });
    expect(wheelSources).toEqual([{ file: 'field-1.0-py3-none-any.whl', source: 'code/field-1.0-py3-none-any.whl' }]);
    const other = { 'code/field-1.0-py3-none-any.whl': 'b'.repeat(64) };
    expect(digest({ requirements: line, wheels: other })).not.toBe(one);
  });

  test.each([
    ['-c missing.txt', /no file "missing.txt"/],
    ['code/missing-1.0-py3-none-any.whl', /does not have/],
    ['-r ../../etc/passwd', /not in the model folder/],
    ['-c /etc/passwd', /not in the model folder/],
    ['/dbfs/wheels/x-1.0-py3-none-any.whl', /code_paths/],
    ['file:///home/me/x-1.0-py3-none-any.whl', /code_paths/],
    ['x @ file:///home/me/x-1.0-py3-none-any.whl', /code_paths/],
    ['../x-1.0-py3-none-any.whl', /code_paths/],
    ['-e .', /as a wheel/],
    ['--editable=git+https://example.com/x', /as a wheel/],
    ['code/x-1.0.tar.gz', /is source/],
    ['git+https://github.com/x/y', /add_libraries_to_model/],
    ['y @ git+https://github.com/x/y@main', /add_libraries_to_model/],
    ['torch==2.4.0+cu118', /environment-indexes/],
    ['x @ https://example.com/x-1.0-py3-none-any.whl', /environment-indexes/],
    ['--extra-index-url https://pypi.example.com/simple', /environment-indexes/],
    ['--find-links http://pypi.org/simple', /--extra-index-url/],
    ['-r reqs.txt --find-links wheels', /not|no file/],
    ['code/field-1.0-py3-none-any.whl[gpu]', /packages of the extra/],
    ['numpy == ; rm -rf /', /cannot read it/],
    ['numpy==1.0 $(touch x)', /cannot read it/],
    ['"numpy"', /cannot read it/],
  ])('%s is refused with the way out', async (requirements, reason) => {
    expect(await why({ requirements })).toMatch(reason);
  });

  test.each([
    ['--index-url https://me:hunter2@pypi.example.com/simple', /environment-index-secret/],
    ['--pre --extra-index-url=https://me:hunter2@pypi.example.com/simple', /environment-index-secret/],
    ['--index-url "https://me:hunter2@pypi.example.com/simple"', /environment-index-secret/],
    ['x @ https://me:hunter2@pypi.org/x-1.0-py3-none-any.whl', /environment-index-secret/],
    ['git+https://hunter2@github.com/x/y', /has a password|add_libraries_to_model/],
    ['-e git+https://me:hunter2@github.com/x/y', /as a wheel/],
  ])('the password in %s is refused and not repeated', async (requirements, reason) => {
    for (const sources of [false, true]) {
      const said = await refusal((async () => environmentOf(folder({ requirements }), { indexes: [], sources }))());
      expect(said).toMatch(reason);
      expect(said).not.toMatch(/hunter2/);
    }
  });
});

describe('package indexes', () => {
  const rules = { indexes: ['https://pypi.example.com/simple/'], sources: false };

  test.each([
    'https://pypi.example.com/simple/../private',
    'https://pypi.example.com/simple/%2e%2e/private',
    'https://pypi.example.com/simple-other',
    'https://pypi.example.com.evil.example/simple',
    'http://pypi.example.com/simple',
  ])('%s is not below an allowed one', async (url) => {
    const requirements = `--extra-index-url ${url}`;
    expect(await refusal((async () => environmentOf(folder({ requirements }), rules))())).toMatch(
      /environment-indexes/,
    );
  });

  test('several in a line are all read, and the last slash does not count', () => {
    const two = '-i https://pypi.org/simple --extra-index-url https://pypi.example.com/simple/ --trusted-host x\nnumpy';
    expect(specOf({ requirements: two }, rules).indexes).toEqual(['https://pypi.example.com/simple']);
    expect(digest({ requirements: two }, rules)).toBe(
      digest({ requirements: '--extra-index-url=https://pypi.example.com/simple\nnumpy' }, rules),
    );
  });

  test('a version with a "+" comes from the allowed ones, though the requirements name none', () => {
    expect(specOf({ requirements: 'torch==2.4.0+cu118' }, rules)).toMatchObject({
      indexes: ['https://pypi.example.com/simple'],
      before: null,
    });
  });
});

test.each([
  ['numpy==2.1.0 \\\n  --hash=sha256:ab', ['numpy==2.1.0 --hash=sha256:ab']],
  ['numpy==2.\\\r\n1.0', ['numpy==2.1.0']],
  ['# a comment is not continued \\\nnumpy==2.1.0', ['numpy==2.1.0']],
  ['scikit_learn [b, A] (>=1,<2)', ['scikit-learn[a,b]<2,>=1']],
  [
    'numpy; (python_version<"3.13")and (os.name == "posix")',
    ["numpy ; python_version < '3.13' and os_name == 'posix'"],
  ],
])('%j is read as by pip', (requirements, packages) => {
  expect(specOf({ requirements: `${requirements}\nmlflow==3.17.2` }).packages).toEqual(['mlflow==3.17.2', ...packages]);
});

test('requirements.txt, conda.yaml and python_env.yaml that MLflow wrote for one model give one digest', () => {
  const text = (name: string) => readFileSync(join(__dirname, '../../captured/mlmodels/m2', name), 'utf8');
  const mlmodel = parseMlModel(text('MLmodel'));
  const of = (...names: string[]) =>
    environmentOf({ mlmodel, texts: new Map(names.map((name) => [name, text(name)])), wheelHashes: new Map() }, RULES);
  const { spec, digest: one } = of('requirements.txt', 'conda.yaml', 'python_env.yaml');
  expect(spec).toMatchObject({ python: '3.11', mlflow: '3.17.2', before: '2026-12-15' });
  expect(spec.packages).toContain('scikit-learn==1.9.1');
  expect([of('conda.yaml').digest, of('requirements.txt', 'python_env.yaml').digest]).toEqual([one, one]);
  const withoutPython = { ...mlmodel, flavors: {} };
  for (const name of ['conda.yaml', 'python_env.yaml']) {
    const texts = new Map([name, 'requirements.txt'].map((path) => [path, text(path)]));
    expect(environmentOf({ mlmodel: withoutPython, texts, wheelHashes: new Map() }, RULES).digest).toBe(one);
  }
});

test('other systems and options are left out, and people are told', () => {
  const { spec, warnings } = environmentOf(
    folder({ requirements: 'pywin32==306\ntensorflow-macos==2.15.0\n--pre\n--trusted-host x\nnumpy --hash=sha256:ab' }),
    RULES,
  );
  expect(spec.packages).toEqual(['mlflow==3.17.2', 'numpy --hash=sha256:ab', 'tensorflow==2.15.0']);
  expect(warnings).toHaveLength(4);
});

test('XGBoost comes without the packages of GPUs, PyTorch with them', () => {
  expect(specOf({ requirements: 'xgboost==3.2.0' }).overrides).toEqual(["nvidia-nccl-cu12 ; sys_platform == 'never'"]);
  expect(specOf({ requirements: 'torch==2.9.0' }).overrides).toEqual([]);
});

test.each(['3.7.16', '3.6', '2.7.18', '3', '3.99.1', 'x'])(
  'Python %s is refused with those that there are',
  async (python) => {
    expect(await why({ requirements: 'numpy', python })).toMatch(/3\.8, 3\.9, 3\.10, 3\.11, 3\.12, 3\.13/);
  },
);

test.each([
  ['3.8.20', ['Python 3.8 has had no security updates since 2024-10']],
  ['3.13.1', []],
])('warns of Python %s where it gets no security updates', (python, warnings) => {
  expect(environmentOf(folder({ requirements: 'numpy', python }), RULES).warnings).toEqual(warnings);
});

test('a source build is opt-in, and a missing commit is told', () => {
  const rules = { indexes: [], sources: true };
  const { spec, warnings } = environmentOf(folder({ requirements: 'y @ git+https://github.com/x/y@main' }), rules);
  expect(spec.packages).toContain('y @ git+https://github.com/x/y@main');
  expect(warnings).toEqual([expect.stringMatching(/names no commit/)]);
});

describe('digest', () => {
  const requirement = fc.record({
    name: fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/),
    version: fc.stringMatching(/^[0-9]{1,2}\.[0-9]{1,2}$/),
    marker: fc.constantFrom('', " ; python_version < '4'", " ; sys_platform == 'linux'"),
  });
  const lines = fc.uniqueArray(requirement, { selector: ({ name }) => name, minLength: 1, maxLength: 8 });
  const text = (all: readonly { name: string; version: string; marker: string }[]) =>
    all.map(({ name, version, marker }) => `${name}==${version}${marker}`).join('\n');

  test('order, spelling, comments and line ends do not count', () => {
    fc.assert(
      fc.property(lines, fc.boolean(), (all, upper) => {
        const rough = [...all]
          .reverse()
          .map(
            ({ name, version, marker }) =>
              `  ${upper ? name.toUpperCase() : name}  == ${version}${marker.replace(' ; ', ';')}  # ${name}`,
          )
          .flatMap((line, at) => (at === 0 ? [line, '', line, '# comment'] : [line]))
          .join('\r\n');
        expect(digest({ requirements: `\uFEFF${rough}\r\n` })).toBe(digest({ requirements: text(all) }));
      }),
    );
  });

  test('every package, version, marker, month, Python and MLflow counts', () => {
    fc.assert(
      fc.property(lines, ([first, ...others]) => {
        if (first === undefined) return;
        const base = digest({ requirements: text([first, ...others]) });
        const changes: Logged[] = [
          { requirements: text(others) },
          { requirements: text([{ ...first, version: `${first.version}.1` }, ...others]) },
          { requirements: text([{ ...first, marker: " ; python_version < '3'" }, ...others]) },
          { requirements: text([first, ...others]), createdAt: '2026-10-01 00:00:00' },
          { requirements: text([first, ...others]), python: '3.12.1' },
          { requirements: text([first, ...others]), mlflow: '3.17.1' },
        ];
        for (const change of changes) expect(digest(change)).not.toBe(base);
      }),
    );
  });

  test('is the one that the builder checks', () => {
    // test/environment-image/test_builder.py has the same specification and digest.
    const spec = {
      ...{ recipe: '1', python: '3.11', mlflow: '3.17.2', packages: ['é==1', 'mlflow==3.17.2'], constraints: [] },
      ...{ overrides: [], indexes: [], before: '2026-12-15', wheels: { 'b.whl': '2', 'a.whl': '1' } },
    };
    expect(digestOf(spec)).toBe('732ee7b32aa48a571a6ae8652e717355');
  });

  test('is one of JSON with sorted keys', () => {
    const spec = specOf({ requirements: 'numpy' });
    const reversed = Object.fromEntries(Object.entries(spec).reverse()) as typeof spec;
    expect(digestOf(reversed)).toBe(digestOf(spec));
    expect(digestOf(spec)).toMatch(/^[0-9a-f]{32}$/);
  });
});

test('any text is read or refused', () => {
  const pieces = fc.constantFrom(
    '-r ',
    '-c',
    '=',
    ' ',
    '\\\n',
    '#',
    ';',
    '@',
    '[',
    ']',
    '.whl',
    '../',
    'numpy',
    '==1',
    'https://',
    'git+',
    '\n',
    '--hash=sha256:aa',
    "'",
    '\0',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 12 }), (parts) => {
      try {
        for (const line of specOf({ requirements: parts.join('') }).packages) expect(line).not.toMatch(/[\n\r\0]/);
      } catch (error) {
        expect((error as Error).name).toBe('RefusedError');
      }
    }),
    { numRuns: 2_000 },
  );
});

test.each(['mlflow.spark', 'mlflow.h2o'])('%s needs Java, which no environment image has', async (loader) => {
  const { mlmodel, ...files } = folder({ requirements: 'pyspark==3.5.1' });
  const java = { ...mlmodel, flavors: { python_function: { python_version: '3.11.7', loader_module: loader } } };
  expect(await refusal((async () => environmentOf({ mlmodel: java, ...files }, RULES))())).toMatch(
    `"${loader}" needs Java, which environment images do not have: put an image`,
  );
});
