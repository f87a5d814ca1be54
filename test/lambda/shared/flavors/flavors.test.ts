import fc from 'fast-check';
import { candidateFlavors } from '../../../../lambda/shared/flavors/choose';
import type { Flavor, ModelFolder } from '../../../../lambda/shared/flavors/flavor';
import { MLMODEL_MAX_BYTES, parseMlModel, parseUntrustedYaml } from '../../../../lambda/shared/flavors/mlmodel';
import { capturedFolder } from '../../../support/captured';

const REQUIREMENTS = 'mlflow==3.17.2\nnumpy==2.4.6\nskops==0.16.0\n';

describe('MLmodel', () => {
  test.each([
    ['not YAML', 'a: [', 'YAML'],
    ['no mapping', '- a', 'no flavors'],
    ['no flavors', 'run_id: x', 'no flavors'],
    [
      'an alias bomb',
      `a: &a [x]\n${[...'bcdefghi'].map((k, i) => `${k}: &${k} [${`*${'abcdefghi'[i]},`.repeat(9)}]`).join('\n')}`,
      'written out',
    ],
    ['deep nesting', '['.repeat(100) + ']'.repeat(100), 'YAML'],
  ])('%s is refused', (_what, text, reason) => {
    expect(() => parseMlModel(text)).toThrow(reason);
  });

  test('aliases are read, however many: PyYAML writes one for each object that it meets twice', () => {
    const users = Array.from({ length: 500 }, (_, at) => `    m${at}: *shared`).join('\n');
    const { flavors } = parseMlModel(`flavors:\n  sklearn:\n    first: &shared {a: 1}\n${users}\n`);
    expect(flavors.sklearn?.m499).toEqual({ a: 1 });
  });

  test('a document is taken up to its size with the aliases written out, however deep and wide they are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 1_000 }),
        fc.boolean(),
        (depth, width, leaf, mapping) => {
          const level = (at: number) => {
            const aliases = Array.from({ length: width }, (_, key) => `${mapping ? `k${key}: ` : ''}*l${at - 1}`).join(
              ', ',
            );
            return `l${at}: &l${at} ${mapping ? `{${aliases}}` : `[${aliases}]`}`;
          };
          const levels = Array.from({ length: depth }, (_, at) => level(at + 1));
          const text = [`l0: &l0 ${'x'.repeat(leaf)}`, ...levels, 'flavors: {}'].join('\n');
          // Each level holds the one before it as often as it is wide, and each is a member of the document.
          const leaves = Array.from({ length: depth + 1 }, (_, at) => width ** at).reduce(
            (sum, count) => sum + count,
            0,
          );
          const began = performance.now();
          const taken = (() => {
            try {
              return parseUntrustedYaml(text, 'conda.yaml') !== undefined;
            } catch (error) {
              expect(String(error)).toMatch(/written out/);
              return false;
            }
          })();
          expect(performance.now() - began).toBeLessThan(5_000);
          if (leaves * leaf > 4 * MLMODEL_MAX_BYTES) expect(taken).toBe(false);
          // Containers and keys count as well: no more than three characters of a key and one each.
          if (leaves * (leaf + 8) < 4 * MLMODEL_MAX_BYTES) expect(taken).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('values are data: no types beyond JSON, no keys of the prototype', () => {
    expect(() => parseMlModel('flavors: !!js/function "x"')).toThrow('YAML');
    expect(Object.keys(parseMlModel('flavors: {__proto__: {x: 1}, sklearn: {}}').flavors)).toContain('sklearn');
  });
});

/** The flavour that is tried first. */
function firstOf(folder: ModelFolder): Flavor {
  const [first] = candidateFlavors(folder.mlmodel, undefined);
  if (first === undefined) {
    throw new Error('no candidate');
  }
  return first;
}

const namesFor = (folder: string, wanted?: string) =>
  candidateFlavors(capturedFolder(folder).mlmodel, wanted).map(({ name }) => name);

describe('script mode', () => {
  test.each([
    ['m-971b00edcfbf4ecd9e2263b8e68b6f8a', 'sklearn', '1.9.1'],
    ['m-09321475d4a04a0aa1db2255356e2262', 'xgboost', '3.2.0'],
    ['m-d15742288ed947769d0da3b74e54b5a9', 'xgboost', '3.2.0'],
  ])("%s is MLflow's %s", (name, flavor, version) => {
    const folder = capturedFolder(name, REQUIREMENTS);
    const packaging = firstOf(folder).pack(folder);
    expect(firstOf(folder).name).toBe(flavor);
    expect(packaging.frameworkVersion).toBe(version);
    expect(packaging.environment).toEqual({
      SAGEMAKER_PROGRAM: 'inference.py',
      SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
      SAGEMAKER_MODEL_SERVER_WORKERS: '1',
      SAGEMAKER_MODEL_SERVER_TIMEOUT: '900',
      PIP_NO_BUILD_ISOLATION: '0',
    });
    const paths = packaging.entries.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['model/MLmodel', 'code/inference.py']));
    // The image would install a code/requirements.txt at each start.
    const ours = paths.filter((path) => path.startsWith('code/') && path !== 'code/inference.py');
    expect(ours.every((path) => /^code\/_mlflow_mlops\/\w+\.(py|json)$/.test(path))).toBe(true);
    const packed = packaging.entries.find(({ path }) => path === 'code/_mlflow_mlops/mlmodel.json') as {
      content: string;
    };
    expect(JSON.parse(packed.content)).toEqual({
      signature: folder.mlmodel.signature ?? null,
      flavors: { [flavor]: folder.mlmodel.flavors[flavor], python_function: folder.mlmodel.flavors.python_function },
    });
  });

  test('a folder without the model file is refused by its name', () => {
    const folder = capturedFolder('m-971b00edcfbf4ecd9e2263b8e68b6f8a');
    const files = folder.files.filter(({ path }) => path !== 'model.skops');
    expect(() => firstOf(folder).pack({ ...folder, files })).toThrow('"model.skops"');
  });

  test.each([
    ['no flavor python_function', 'sklearn', { python_function: undefined }, /estimator without predict.*PythonModel/],
    [
      'an unknown predict_fn',
      'sklearn',
      { python_function: { predict_fn: 'transform' } },
      /"transform".*predict_proba/,
    ],
    ['an unknown serialization', 'sklearn', { sklearn: { serialization_format: 'dill' } }, /"dill".*cloudpickle/],
    ['a code folder that is not there', 'sklearn', { sklearn: { code: 'code' } }, /code folder "code"/],
    ['a code folder outside', 'sklearn', { sklearn: { code: '../x' } }, /code folder/],
    ['a class of its own', 'xgboost', { xgboost: { model_class: 'mine.Model' } }, /"mine.Model".*python_function/],
  ])('refuses a model with %s, as the script would', (_what, name, change, reason) => {
    const folder = capturedFolder(
      name === 'sklearn' ? 'm-971b00edcfbf4ecd9e2263b8e68b6f8a' : 'm-09321475d4a04a0aa1db2255356e2262',
    );
    const before = folder.mlmodel.flavors;
    const flavors = Object.fromEntries(
      Object.entries({ ...before, ...change }).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, { ...before[key], ...value }]],
      ),
    );
    const [flavor] = candidateFlavors(folder.mlmodel, name);
    expect(() => flavor?.pack({ ...folder, mlmodel: { ...folder.mlmodel, flavors } })).toThrow(reason);
  });

  test("the model's own script and requirements take the place of the flavour's", () => {
    const folder = capturedFolder('m-971b00edcfbf4ecd9e2263b8e68b6f8a', REQUIREMENTS);
    const own = ['sagemaker/inference.py', 'sagemaker/requirements.txt'].map((path, index) => ({
      path,
      size: 7 + index,
    }));
    const { entries } = firstOf(folder).pack({ ...folder, files: [...folder.files, ...own] });
    expect(entries.filter(({ path }) => /^code\/(inference.py|requirements.txt)$/.test(path))).toEqual([
      { path: 'code/inference.py', size: 7, source: 'sagemaker/inference.py' },
      { path: 'code/requirements.txt', size: 8, source: 'sagemaker/requirements.txt' },
    ]);
  });
});

describe('the flavours of a model', () => {
  test.each([
    ['m-971b00edcfbf4ecd9e2263b8e68b6f8a', ['sklearn', 'python_function']],
    ['m-d15742288ed947769d0da3b74e54b5a9', ['xgboost', 'python_function']],
    ['tf_module', ['tensorflow', 'python_function']],
    ['keras3', ['tensorflow', 'python_function']],
    ['onnx', ['python_function']],
  ])('%s can be served as %j, the first first', (folder, flavors) => {
    expect(namesFor(folder)).toEqual(flavors);
  });

  test('a tag leaves only the one that it names, in our words or in those of MLmodel', () => {
    expect(namesFor('m-971b00edcfbf4ecd9e2263b8e68b6f8a', 'python_function')).toEqual(['python_function']);
    expect(namesFor('keras3', 'keras')).toEqual(['tensorflow']);
  });

  test('a tag that names none of them is refused, with those there are', () => {
    expect(() => namesFor('onnx', 'sklearn')).toThrow(/"sklearn".*onnx, python_function/);
    expect(() => namesFor('onnx', 'pytorch')).toThrow('"pytorch"');
  });

  test('a model with no flavor that can be deployed is refused, with what can be', () => {
    const mlmodel = parseMlModel('flavors: {spark: {}}');
    expect(() => candidateFlavors(mlmodel, undefined)).toThrow(/spark.*xgboost, sklearn, tensorflow, python_function/);
  });
});
