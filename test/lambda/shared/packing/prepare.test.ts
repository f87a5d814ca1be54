import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ENVIRONMENT_FILES } from '../../../../lambda/packaging/environment-files';
import { Images } from '../../../../lambda/shared/images/images';
import { type FolderSource, readModelFolder } from '../../../../lambda/shared/packing/model-folder';
import { preparePackage } from '../../../../lambda/shared/packing/prepare';
import { capturedMlModel, capturedPaths } from '../../../support/captured';
import { modelVersion } from '../../../support/versions';

const MINE = '111111111111.dkr.ecr.us-east-1.amazonaws.com/mine:1';
const PYFUNC = '111111111111.dkr.ecr.us-east-1.amazonaws.com/mlflow-pyfunc:3.17.2';
const aws = new Images('us-east-1', {});
const withPyfunc = new Images('us-east-1', { python_function: PYFUNC });

const SKLEARN = 'm-971b00edcfbf4ecd9e2263b8e68b6f8a';
const promoted = (tags: Record<string, string> = {}) => modelVersion({ stage: 'Production', tags });

/** A registry that has one folder, as a real MLflow wrote it. */
function registryWith(
  folder: string,
  texts: Record<string, string> = {},
  sizeOf: (path: string) => number = () => 10,
): FolderSource {
  const all: Record<string, string> = { MLmodel: capturedMlModel(folder), ...texts };
  const paths = new Set([
    ...capturedPaths(folder).filter((path) => !ENVIRONMENT_FILES.includes(path)),
    ...Object.keys(all),
  ]);
  return {
    listFiles: async () =>
      [...paths].map((path) => ({ path, size: all[path] === undefined ? sizeOf(path) : Buffer.byteLength(all[path]) })),
    id: 'mlflow.example',
    artifactId: async ({ source }) => source,
    locate: async () => undefined,
    openFile: async (_version, path) => ({ bytes: Readable.from([Buffer.from(all[path] ?? '')]) }),
  };
}

test('a model is packed for the image of its framework', async () => {
  const { packing, image, bytes } = await preparePackage(registryWith(SKLEARN), promoted(), aws);
  expect(packing).toEqual({
    flavor: 'sklearn',
    frameworkVersion: '1.9.1',
    pythonVersion: '3.11.7',
    steeredBy: '',
    modelData: 'archive',
    packing: '1',
  });
  expect(image.uri).toContain('sagemaker-scikit-learn:1.9-0');
  expect(bytes).toBeGreaterThan(0);
});

test('what no AWS image serves goes to the python_function image, where there is one', async () => {
  const { packing, image, packaging } = await preparePackage(registryWith('onnx'), promoted(), withPyfunc);
  expect(packing.flavor).toBe('python_function');
  expect(image).toEqual({ uri: PYFUNC, from: 'parameter' });
  expect(packaging.entries.map(({ path }) => path)).toContain('MLmodel');
  const keras = await preparePackage(registryWith('keras3'), promoted(), withPyfunc);
  expect(keras.packing.flavor).toBe('python_function');
});

test('without one it is refused, with the reason of each flavour and the way out', async () => {
  await expect(preparePackage(registryWith('onnx'), promoted(), aws)).rejects.toThrow(
    '/mlflow-mlops/python_function_image_uri',
  );
  await expect(preparePackage(registryWith('tf_keras'), promoted(), aws)).rejects.toThrow(
    /tensorflow: "data\/model.keras" is a Keras file.*python_function: AWS has no image/,
  );
});

test('tags steer flavour and image', async () => {
  const flavor = await preparePackage(
    registryWith(SKLEARN),
    promoted({ sagemaker_deploy_flavor: 'python_function', sagemaker_deploy_image: MINE }),
    aws,
  );
  expect(flavor.packing).toMatchObject({ flavor: 'python_function', steeredBy: 'python_function' });
  expect(flavor.image).toEqual({ uri: MINE, from: 'tag' });
  const image = await preparePackage(registryWith(SKLEARN), promoted({ sagemaker_deploy_image: MINE }), aws);
  expect(image.packing.flavor).toBe('sklearn');
  expect(image.image.uri).toBe(MINE);
});

test.each([
  ['no image of ECR', 'docker.io/mine:1', /"docker.io\/mine:1".*expected <account>.dkr.ecr.us-east-1/],
  ['another region', MINE.replace('us-east-1', 'eu-west-1'), /eu-west-1.*us-east-1 only/],
])('an image tag with %s is refused', async (_what, image, reason) => {
  const version = promoted({ sagemaker_deploy_image: image });
  await expect(preparePackage(registryWith(SKLEARN), version, aws)).rejects.toThrow(reason);
});

test('a framework that AWS has no image for is refused with the versions there are', async () => {
  const mlmodel = capturedMlModel(SKLEARN).replace(/sklearn_version: .*/, 'sklearn_version: 7.0.0');
  const registry = registryWith(SKLEARN, { MLmodel: mlmodel });
  await expect(preparePackage(registry, promoted(), aws)).rejects.toThrow(/7\.0\.0.*1\.4-2.*sagemaker_deploy_image/s);
});

test('a model whose archive would be too large is refused, unless its endpoint takes the files as they are', async () => {
  const huge = registryWith(SKLEARN, {}, (path) => (path === 'model.skops' ? 300 * 1024 ** 3 : 10));
  const version = (tags = {}) => modelVersion({ stage: 'Staging', tags });
  const refusal = preparePackage(huge, version(), aws);
  await expect(refusal).rejects.toThrow(
    /300\.0 GB.*234\.4 GB.*set the tag sagemaker_deploy_model_data to uncompressed/,
  );
  await expect(refusal).rejects.toMatchObject({ name: 'RefusedError' });
  const inStore = { ...huge, locate: async () => ({ bucket: 'my-mlflow', prefix: '1/' }) };
  await preparePackage(inStore, version({ sagemaker_deploy_model_data: 'uncompressed' }), aws);
});

test('a folder without MLmodel, and names that would leave the archive, are refused', async () => {
  const empty: FolderSource = {
    id: 'mlflow.example',
    artifactId: async () => '',
    locate: async () => undefined,
    listFiles: async () => [],
    openFile: () => Promise.reject(new Error('nothing')),
  };
  await expect(preparePackage(empty, promoted(), aws)).rejects.toThrow('no MLmodel');
  const hostile = registryWith(SKLEARN, { '../escape': 'x' });
  await expect(preparePackage(hostile, promoted(), aws)).rejects.toThrow('".."');
});

describe('the tag sagemaker_deploy_model_data', () => {
  const asked = (value: string) => promoted({ sagemaker_deploy_model_data: value });
  const store = { bucket: 'my-mlflow', prefix: '1/models/m-1/artifacts/' };
  const inStore: FolderSource = { ...registryWith(SKLEARN), locate: async () => store };

  test.each(['archive', '', ' archive '])(
    '%j: the files go into an archive, also where S3 could copy them',
    async (value) => {
      const prepared = await preparePackage(inStore, asked(value), aws);
      expect(prepared.packing.modelData).toBe('archive');
      expect(prepared.store).toBeUndefined();
    },
  );

  test('uncompressed: S3 copies them from where the registry keeps them', async () => {
    const prepared = await preparePackage(inStore, asked('uncompressed'), aws);
    expect(prepared.packing.modelData).toBe('uncompressed');
    expect(prepared.store).toEqual(store);
    expect(prepared.files.map(({ path }) => path)).toContain('model.skops');
  });

  test('uncompressed, where this installation may not copy: the message names tag, source and fix', async () => {
    const refusal = preparePackage(registryWith(SKLEARN), asked('uncompressed'), aws);
    await expect(refusal).rejects.toThrow(
      'the tag sagemaker_deploy_model_data asks for uncompressed files, and those of ' +
        '"models:/m-971b00edcfbf4ecd9e2263b8e68b6f8a" are not in a bucket that this installation may copy from: ' +
        'name their bucket in mlflow-mlops:artifact-store in cdk.json, or take the tag away',
    );
    await expect(refusal).rejects.toMatchObject({ name: 'RefusedError' });
  });

  test('anything else is refused with what there is', async () => {
    await expect(preparePackage(inStore, asked('zip'), aws)).rejects.toThrow(
      'the tag sagemaker_deploy_model_data is "zip": it may be archive or uncompressed',
    );
  });
});

describe('what says the environment', () => {
  const WHEEL = 'code/field-1.0-py3-none-any.whl';

  test('is read with the files that it refers to, and wheels are known by their content', async () => {
    const texts = {
      'requirements.txt': `-c c.txt\n-r r.txt\n${WHEEL}\n`,
      'c.txt': 'numpy<3\n',
      'r.txt': '-c c.txt\n',
      [WHEEL]: 'PK',
    };
    const folder = await readModelFolder(registryWith(SKLEARN, texts), promoted());
    expect([...folder.texts.keys()]).toEqual(['requirements.txt', 'c.txt', 'r.txt']);
    expect(folder.wheelHashes.get(WHEEL)).toBe(createHash('sha256').update('PK').digest('hex'));
  });

  test('is bounded in number and size', async () => {
    const chain = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`r${at}.txt`, `-r r${at + 1}.txt\n`]));
    const many = registryWith(SKLEARN, { 'requirements.txt': '-r r0.txt\n', ...chain });
    await expect(preparePackage(many, promoted(), aws)).rejects.toThrow(/more than 24 files/);
    const large = registryWith(SKLEARN, { 'requirements.txt': `${WHEEL}\n` }, (path) =>
      path === WHEEL ? 600 * 1024 ** 2 : 10,
    );
    const listed = {
      ...large,
      listFiles: async () => [...(await large.listFiles(promoted())), { path: WHEEL, size: 600 * 1024 ** 2 }],
    };
    await expect(preparePackage(listed, promoted(), aws)).rejects.toThrow(/wheels have/);
  });
});
