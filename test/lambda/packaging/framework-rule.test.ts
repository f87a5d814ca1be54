import fc from 'fast-check';
import { type Framework, frameworkImage } from '../../../lambda/packaging/framework-images';
import { type TrainedModel, whyNot } from '../../../lambda/packaging/framework-rule';
import { readRequirements } from '../../../lambda/packaging/requirements';
import { parseMlModel } from '../../../lambda/shared/flavors/mlmodel';

/** What a test says of a model; a missing member is one that the model does not say. */
interface Trained {
  readonly version?: string | undefined;
  readonly python?: string | undefined;
  readonly format?: string | undefined;
  readonly file?: string | undefined;
  readonly requirements?: string | undefined;
  readonly constraints?: string | undefined;
  readonly inputs?: readonly object[] | undefined;
  readonly files?: readonly string[] | undefined;
  readonly code?: string | undefined;
}

function trained(framework: Framework, model: Trained): TrainedModel {
  const { version = '', python, format, file, requirements = '', constraints, inputs, files = [], code } = model;
  const flavors: Record<string, object | undefined> = {
    python_function: { python_version: python, loader_module: 'mlflow', code },
    sklearn: framework === 'sklearn' ? { serialization_format: format } : undefined,
    xgboost: framework === 'xgboost' ? { data: file } : undefined,
  };
  const signature = inputs && { inputs: JSON.stringify(inputs) };
  const lines = [...(constraints === undefined ? [] : ['-c constraints.txt']), ...requirements.split('\n')];
  return {
    framework,
    folder: {
      mlmodel: parseMlModel(JSON.stringify({ flavors, signature })),
      files: files.map((path) => ({ path, size: 1 })),
    },
    frameworkVersion: version,
    requirements: () => requirementsOf(lines.filter(Boolean).join('\n'), constraints),
  };
}

const requirementsOf = (requirements: string, constraints?: string) => {
  const others: [string, string][] = constraints === undefined ? [] : [['constraints.txt', constraints]];
  return readRequirements(new Map([['requirements.txt', requirements], ...others]), { indexes: [], sources: false });
};

const reasons = (framework: Framework, model: Trained) =>
  whyNot(trained(framework, model), frameworkImage(framework)).join('; ');

const TENSOR = { type: 'tensor', 'tensor-spec': { dtype: 'float64', shape: [-1, 2] } };
const COLUMN = { type: 'double', name: 'age' };

/** A model that AWS's image of each framework serves. */
const SAFE = {
  sklearn: {
    version: '1.9.1',
    python: '3.12.4',
    format: 'pickle',
    requirements: 'mlflow==3.17.2\nnumpy==2.4.6\npandas==2.3.3\nscikit-learn==1.9.1\nscipy==1.17.0',
  },
  xgboost: {
    version: '3.1.2',
    python: '3.11.7',
    file: 'model.ubj',
    requirements: 'mlflow==3.17.2\nnumpy==2.3.1\npandas==2.3.3\nscikit-learn==1.6.1\nxgboost==3.1.2',
  },
  tensorflow: { version: '2.16.1' },
} as const satisfies Record<Framework, Trained>;

test.each(['sklearn', 'xgboost', 'tensorflow'] as const)(
  "AWS's image of %s serves a model like its own",
  (framework) => {
    expect(reasons(framework, SAFE[framework])).toBe('');
  },
);

describe('scikit-learn', () => {
  test.each<[string, Trained, string]>([
    [
      'an older minor version',
      { version: '1.6.1' },
      'trained with scikit-learn 1.6.1, and AWS patches no image of 1.6',
    ],
    ['a newer minor version', { version: '1.10.0' }, 'AWS patches no image of 1.10'],
    ['another major version', { version: '2.9.0' }, 'AWS patches no image of 2.9'],
    ['an unknown version', { version: '' }, 'it does not say which version of scikit-learn it was trained with'],
    ['a pre-release', { version: '1.9.0rc1' }, 'scikit-learn 1.9.0rc1, which is no release'],
    ["a build of somebody's own", { version: '1.9.0+mine' }, 'which is no release'],
    ['skops', { format: 'skops' }, 'saved in the format "skops"'],
    ['cloudpickle, which the image does not have', { format: 'cloudpickle' }, 'saved in the format "cloudpickle"'],
    ['no format', { format: undefined }, 'saved in an unknown format'],
    ['an older Python', { python: '3.11.7' }, "trained with Python 3.11, and AWS's image has Python 3.12"],
    ['a newer Python', { python: '3.13.0' }, 'trained with Python 3.13'],
    ['no Python', { python: undefined }, 'does not say which version of Python'],
    ['modules of its own', { files: ['code/features.py'] }, 'may import mlflow'],
    ['modules of its own that only MLmodel names', { code: 'src' }, 'may import mlflow'],
    ['pandas 3', { requirements: 'pandas==3.0.3' }, "trained with pandas 3.0.3, and AWS's image has pandas 2.2.3"],
    [
      'pandas 3 and tensors, as the pickle may hold a Series',
      { requirements: 'pandas==3.0.3', inputs: [TENSOR] },
      'pandas 3',
    ],
    ['no pandas', { requirements: 'numpy==2.4.6' }, 'does not say which version of pandas'],
    ['a range of pandas', { requirements: 'pandas>=2' }, 'does not say which version of pandas'],
    ['pandas on some systems', { requirements: "pandas==2.2.3 ; python_version < '4'" }, 'which version of pandas'],
    ['two versions of pandas', { requirements: 'pandas==2.2.3\npandas==2.2.2' }, 'which version of pandas'],
  ])('%s needs the own environment', (_what, over, reason) => {
    expect(reasons('sklearn', { ...SAFE.sklearn, ...over })).toContain(reason);
  });

  test.each([
    ['cloudpickle==3.1.2', 'it needs cloudpickle==3.1.2'],
    ['numpy==1.26.4', 'it needs numpy==1.26.4'],
    ['scipy<1.10', 'it needs scipy<1.10'],
    ['joblib==1.4.2', 'it needs joblib==1.4.2'],
    ['lightgbm', 'it needs lightgbm'],
    ['xgboost==3.2.0', 'it needs xgboost==3.2.0'],
    ['numpy @ https://files.pythonhosted.org/numpy-2.5.1-py3-none-any.whl', 'it needs numpy'],
    ['code/field-1.0-py3-none-any.whl', 'it needs ./wheels/field-1.0-py3-none-any.whl'],
    ['pyarrow==24.0.0', 'it needs pyarrow==24.0.0'],
    ['a\nb\nc\nd', 'it needs a, b, c and 1 more'],
  ])('the requirement %j needs the own environment', (line, reason) => {
    expect(reasons('sklearn', { ...SAFE.sklearn, requirements: `pandas==2.3.3\n${line}` })).toContain(reason);
  });

  test.each([
    'numpy==2.0.0',
    'scipy==1.10.0',
    'numpy',
    'pyarrow==25.1.0',
    'joblib==1.5.3',
    'mlflow-skinny==3.17.2',
    'mlflow-tracing==3.17.2',
    'mlflow[extras]==3.17.2',
    "lightgbm==4.6.0 ; python_version < '3.9'",
    'pywin32==306',
  ])('the requirement %j does not', (line) => {
    expect(reasons('sklearn', { ...SAFE.sklearn, requirements: `pandas==2.3.3\n${line}` })).toBe('');
  });

  test('constraints count for packages of the image', () => {
    expect(reasons('sklearn', { ...SAFE.sklearn, constraints: 'joblib<1.5' })).toContain('joblib<1.5');
    expect(reasons('sklearn', { ...SAFE.sklearn, constraints: 'lightgbm<4\njoblib<2' })).toBe('');
  });
});

describe('XGBoost', () => {
  test.each<[string, Trained, string]>([
    [
      'a newer minor version',
      { version: '3.3.0' },
      "trained with XGBoost 3.3.0, and AWS's image loads models of 1.0 to 3.2",
    ],
    ['a newer major version', { version: '4.0.0' }, '1.0 to 3.2'],
    ['a version before json', { version: '0.90' }, '1.0 to 3.2'],
    ['an unknown version', { version: '' }, 'does not say which version of XGBoost'],
    ['the old binary format', { file: 'model.xgb' }, 'saved in the file "model.xgb"'],
    ['no file', { file: undefined }, 'only json and ubj'],
    ['pandas 3 and columns', { requirements: 'pandas==3.0.3', inputs: [TENSOR, COLUMN] }, 'pandas 3.0.3'],
    ['pandas 3 and no signature', { requirements: 'pandas==3.0.3' }, 'pandas 3.0.3'],
    ['pandas 3 and an empty signature', { requirements: 'pandas==3.0.3', inputs: [] }, 'pandas 3.0.3'],
    ['modules of its own', { files: ['code/features.py'] }, 'may import mlflow'],
    ['other packages', { requirements: 'pandas==2.2.3\nshap' }, 'it needs shap'],
  ])('%s needs the own environment', (_what, over, reason) => {
    expect(reasons('xgboost', { ...SAFE.xgboost, ...over })).toContain(reason);
  });

  test.each<[string, Trained]>([
    ['XGBoost 1.7', { version: '1.7.6' }],
    ['a later patch of the minor version', { version: '3.2.5' }],
    ['json', { file: 'model.json' }],
    ['any Python', { python: undefined }],
    ['pandas 3 and tensors only', { requirements: 'pandas==3.0.3', inputs: [TENSOR] }],
    ['no pandas and tensors only', { requirements: '', inputs: [TENSOR] }],
  ])('%s does not', (_what, over) => {
    expect(reasons('xgboost', { ...SAFE.xgboost, ...over })).toBe('');
  });
});

describe('TensorFlow', () => {
  test.each(['2.0.0', '2.20.0', '2.20.1'])('a SavedModel of %s is served, whatever the requirements', (version) => {
    expect(reasons('tensorflow', { version, requirements: '-e .\npandas==3.0.0', files: ['code/a.py'] })).toBe('');
  });

  test.each(['', '1.15.5', '2.21.0', '3.0.0', '2.20.0rc1'])('one of %j needs the own environment', (version) => {
    expect(reasons('tensorflow', { version })).not.toBe('');
  });
});

test('an unknown or other fact is never a framework image', () => {
  const worse: Record<'sklearn' | 'xgboost', fc.Arbitrary<Trained>[]> = {
    sklearn: [
      fc.record({ version: fc.string().filter((text) => !/^1\.9(\.\d+)*$/.test(text)) }),
      fc.record({
        python: fc.option(
          fc.string().filter((text) => !/^3\.12(\.\d+)*$/.test(text)),
          { nil: undefined },
        ),
      }),
      fc.record({
        format: fc.option(
          fc.string().filter((text) => text !== 'pickle'),
          { nil: undefined },
        ),
      }),
      fc.record({
        requirements: fc.constantFrom('', 'pandas', 'pandas<3', 'pandas==2', 'pandas==3.0.0', 'PANDAS~=2.2'),
      }),
      fc.record({ files: fc.constant(['code/a.py']) }),
    ],
    xgboost: [
      fc.record({ version: fc.string().filter((text) => !/^[1-3]\.\d+(\.\d+)*$/.test(text)) }),
      fc.record({
        file: fc.option(
          fc.string().filter((text) => !/\.(json|ubj)$/.test(text)),
          { nil: undefined },
        ),
      }),
      fc.record({
        requirements: fc.constantFrom('', 'pandas', 'pandas<3', 'pandas==2', 'pandas==3.0.0', 'PANDAS~=2.2'),
      }),
      fc.record({ files: fc.constant(['code/a.py']) }),
    ],
  };
  for (const framework of ['sklearn', 'xgboost'] as const) {
    fc.assert(
      fc.property(fc.oneof(...worse[framework]), fc.boolean(), (one, columns) => {
        const inputs = columns ? [COLUMN] : undefined;
        expect(reasons(framework, { ...SAFE[framework], ...(inputs && { inputs }), ...one })).not.toBe('');
      }),
    );
  }
});

test('a requirement that the image does not have is never a framework image', () => {
  const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
  const version = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)).map((numbers) => numbers.join('.'));
  const { pins } = frameworkImage('sklearn');
  fc.assert(
    fc.property(fc.oneof(name, fc.constantFrom(...Object.keys(pins))), version, (one, wanted) => {
      fc.pre(!['pandas', 'scikit-learn'].includes(one) && pins[one] !== wanted);
      fc.pre(!['numpy', 'scipy', 'pyarrow'].includes(one) || pins[one]?.split('.')[0] !== wanted.split('.')[0]);
      const line = `${one}==${wanted}`;
      const left = requirementsOf(line).packages;
      fc.pre(left.length > 0);
      expect(reasons('sklearn', { ...SAFE.sklearn, requirements: `pandas==2.3.3\n${line}` })).toContain('it needs');
    }),
  );
});
