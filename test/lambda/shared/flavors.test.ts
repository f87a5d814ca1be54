import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseFlavor } from '../../../lambda/shared/flavors/choose';
import { parseMlModel } from '../../../lambda/shared/flavors/mlmodel';
import { requirementsBeyond } from '../../../lambda/shared/flavors/script-mode';

const CAPTURED = join(__dirname, '../../captured/mlmodels');

/** A model folder that a real MLflow wrote. */
function captured(name: string) {
  const read = (file: string) => readFileSync(join(CAPTURED, name, file), 'utf8');
  const files = read('tree.txt')
    .trim()
    .split('\n')
    .map((line) => ({ path: line.replace(/^\.\//, ''), size: 1 }));
  return {
    mlmodel: parseMlModel(read('MLmodel')),
    files,
    requirements: 'mlflow==3.17.2\nnumpy==2.4.6\nskops==0.16.0\n',
  };
}

describe('MLmodel', () => {
  test.each([
    ['not YAML', 'a: [', 'YAML'],
    ['no mapping', '- a', 'no flavors'],
    ['no flavors', 'run_id: x', 'no flavors'],
    [
      'an alias bomb',
      `a: &a [x]\n${[...'bcdefghi'].map((k, i) => `${k}: &${k} [${`*${'abcdefghi'[i]},`.repeat(9)}]`).join('\n')}`,
      'YAML',
    ],
    ['deep nesting', '['.repeat(100) + ']'.repeat(100), 'YAML'],
  ])('%s is refused', (_what, text, reason) => {
    expect(() => parseMlModel(text)).toThrow(reason);
  });

  test('values are data: no types beyond JSON, no keys of the prototype', () => {
    expect(() => parseMlModel('flavors: !!js/function "x"')).toThrow('YAML');
    expect(Object.keys(parseMlModel('flavors: {__proto__: {x: 1}, sklearn: {}}').flavors)).toContain('sklearn');
  });
});

describe('flavours', () => {
  test.each([
    ['m-971b00edcfbf4ecd9e2263b8e68b6f8a', 'sklearn', '1.9.1'],
    ['m-09321475d4a04a0aa1db2255356e2262', 'xgboost', '3.2.0'],
    ['m-d15742288ed947769d0da3b74e54b5a9', 'xgboost', '3.2.0'],
  ])("%s is MLflow's %s", (folder, flavor, version) => {
    const model = captured(folder);
    const packaging = chooseFlavor(model.mlmodel).pack(model);
    expect(chooseFlavor(model.mlmodel).name).toBe(flavor);
    expect(packaging.frameworkVersion).toBe(version);
    expect(packaging.environment).toEqual({
      SAGEMAKER_PROGRAM: 'inference.py',
      SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
    });
    const paths = packaging.entries.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['model/MLmodel', 'code/inference.py', 'code/mlflow_serving.py', 'code/requirements.txt']),
    );
    expect(packaging.entries.find(({ path }) => path === 'code/requirements.txt')).toMatchObject({
      content: 'skops==0.16.0\n',
    });
  });

  test('one that cannot be deployed is refused, with what can be', () => {
    expect(() => chooseFlavor(captured('onnx').mlmodel)).toThrow(/onnx, python_function.*xgboost, sklearn/);
  });

  test('a folder without the model file is refused by its name', () => {
    const model = captured('m-971b00edcfbf4ecd9e2263b8e68b6f8a');
    const files = model.files.filter(({ path }) => path !== 'model.skops');
    expect(() => chooseFlavor(model.mlmodel).pack({ ...model, files })).toThrow('"model.skops"');
  });
});

test('requirements that the image brings are left to the image', () => {
  const requirements =
    '# made by MLflow\nmlflow==3.17.2\nScikit_Learn==1.9.1\nskops==0.16.0\r\ncategory-encoders>=2; python_version > "3"\n\n';
  expect(requirementsBeyond(requirements, ['mlflow', 'scikit-learn'])).toBe(
    'skops==0.16.0\ncategory-encoders>=2; python_version > "3"\n',
  );
});
