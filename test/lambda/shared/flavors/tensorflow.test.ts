import type { ModelFolder } from '../../../../lambda/shared/flavors/flavor';
import { parseMlModel } from '../../../../lambda/shared/flavors/mlmodel';
import { tensorflow } from '../../../../lambda/shared/flavors/tensorflow';
import { capturedFolder } from '../../../support/captured';

/** A folder with a SavedModel at `root`, as the versions of MLflow wrote it. */
function folderOf(mlmodel: string, root: string, requirements = ''): ModelFolder {
  const paths = ['saved_model.pb', 'variables/variables.index', 'assets/words.txt'].map((path) => `${root}/${path}`);
  return {
    mlmodel: parseMlModel(mlmodel),
    mlmodelHash: '',
    files: ['MLmodel', ...paths].map((path) => ({ path, size: 1 })),
    texts: new Map(requirements === '' ? [] : [['requirements.txt', requirements]]),
    wheelHashes: new Map(),
  };
}

test.each([
  ['MLflow 3, a tf.Module', capturedFolder('tf_module'), 'tf2model'],
  [
    'MLflow 1, an estimator',
    folderOf(
      'flavors: {tensorflow: {saved_model_dir: tfmodel, meta_graph_tags: [serve], signature_def_key: serving_default}}',
      'tfmodel',
    ),
    'tfmodel',
  ],
  [
    "MLflow 2, Keras' SavedModel format",
    folderOf('flavors: {tensorflow: {data: data, model_type: keras, save_format: tf}}', 'data/model'),
    'data/model',
  ],
  [
    'MLflow 1, its keras flavor',
    folderOf('flavors: {keras: {data: data, keras_module: tensorflow.keras, save_format: tf}}', 'data/model'),
    'data/model',
  ],
  [
    'Keras 3, exported',
    folderOf('flavors: {keras: {data: data, keras_backend: tensorflow, save_exported_model: true}}', 'data/model'),
    'data/model',
  ],
  [
    'only the general flavour says where',
    folderOf('flavors: {tensorflow: {}, python_function: {data: tfmodel}}', 'tfmodel'),
    'tfmodel',
  ],
])('%s becomes version 1 of TensorFlow Serving', (_layout, folder, root) => {
  const { entries } = tensorflow.pack(folder);
  expect(entries.find(({ path }) => path === '1/saved_model.pb')).toMatchObject({ source: `${root}/saved_model.pb` });
  expect(entries.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['1/variables/variables.index', 'code/inference.py']),
  );
  expect(entries.some(({ path }) => path.includes('saved_model.pb') && !path.startsWith('1/'))).toBe(false);
});

test.each(['tf_keras', 'keras3', 'keras_h5'])('%s, a Keras file, is refused with the ways out', (name) => {
  expect(() => tensorflow.pack(capturedFolder(name))).toThrow(
    /"data\/model\.(keras|h5)" is a Keras file.*save_exported_model=True.*python_function/,
  );
});

test('a SavedModel of other tags than those that TensorFlow Serving loads is refused', () => {
  const mlmodel = (tags: string) => `flavors: {tensorflow: {saved_model_dir: tfmodel, meta_graph_tags: [${tags}]}}`;
  expect(() => tensorflow.pack(folderOf(mlmodel('serve, gpu'), 'tfmodel'))).toThrow('["serve","gpu"]');
  expect(() => tensorflow.pack(folderOf(mlmodel('serve'), 'tfmodel'))).not.toThrow();
});

test('the script finds the signature in JSON', () => {
  const entry = tensorflow
    .pack(capturedFolder('tf_module'))
    .entries.find(({ path }) => path === 'code/_mlflow_mlops/mlmodel.json');
  const { signature, flavors } = JSON.parse(entry !== undefined && 'content' in entry ? entry.content : '{}');
  expect(JSON.parse(signature.inputs)[0].type).toBe('tensor');
  expect(flavors.tensorflow.saved_model_dir).toBe('tf2model');
});

test('a folder without the SavedModel that MLmodel names is refused', () => {
  const folder = capturedFolder('tf_module');
  const files = folder.files.filter(({ path }) => !path.endsWith('.pb'));
  expect(() => tensorflow.pack({ ...folder, files })).toThrow('no SavedModel');
});

test.each([
  ['mlflow==3.17.2\ntensorflow==2.20.0\n', '2.20.0'],
  ['tensorflow-cpu==2.19.1', '2.19.1'],
  ['tensorflow[and-cuda]==2.17.0', '2.17.0'],
  ['tensorflow==2.19.0+nv', '2.19.0+nv'],
  ['tensorflow_macos == 2.16.2', '2.16.2'],
  ['tensorflow-probability==0.25.0\ntensorflow>=2', ''],
  ['', ''],
])('requirements %j say that TensorFlow is %j', (requirements, version) => {
  const folder = capturedFolder('tf_module', requirements);
  expect(tensorflow.pack(folder).frameworkVersion).toBe(version);
});

test("the model's own script takes the place of the flavour's, and its requirements are installed", () => {
  const folder = capturedFolder('tf_module');
  const own = ['sagemaker/inference.py', 'sagemaker/requirements.txt'].map((path) => ({ path, size: 3 }));
  const { entries } = tensorflow.pack({ ...folder, files: [...folder.files, ...own] });
  expect(
    entries.filter(({ path }) => path.startsWith('code/')).map((entry) => ('source' in entry ? entry.source : '')),
  ).toEqual(expect.arrayContaining(['sagemaker/inference.py', 'sagemaker/requirements.txt']));
  expect(tensorflow.pack(folder).entries.map(({ path }) => path)).not.toContain('code/requirements.txt');
});
