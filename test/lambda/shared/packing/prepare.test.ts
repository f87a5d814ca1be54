import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ENVIRONMENT_FILES } from '../../../../lambda/packaging/environment-files';
import { type FolderSource, readModelFolder } from '../../../../lambda/shared/packing/model-folder';
import { preparePackage } from '../../../../lambda/shared/packing/prepare';
import { capturedMlModel, capturedPaths } from '../../../support/captured';
import { choiceSettings } from '../../../support/choice-settings';
import { modelVersion } from '../../../support/versions';

const MINE = '111111111111.dkr.ecr.us-east-1.amazonaws.com/mine:1';
const PYFUNC = '111111111111.dkr.ecr.us-east-1.amazonaws.com/mlflow-pyfunc:3.17.2';
const automatic = choiceSettings();
const off = choiceSettings({ environmentImages: 'off' });
const withPyfunc = choiceSettings({ environmentImages: 'off', overrides: { python_function: PYFUNC } });

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

const SAFE = {
  MLmodel: capturedMlModel(SKLEARN)
    .replace('serialization_format: skops', 'serialization_format: pickle')
    .replace(/python_version: .*/, 'python_version: 3.12.4'),
  'requirements.txt': 'mlflow==3.17.2\nnumpy==2.4.6\npandas==2.3.3\nscikit-learn==1.9.1\nscipy==1.17.0\n',
};

test("a model that AWS's image serves safely is packed for it", async () => {
  const prepared = await preparePackage(registryWith(SKLEARN, SAFE), promoted(), automatic);
  expect(prepared.packing).toEqual({
    flavor: 'sklearn',
    frameworkVersion: '1.9.1',
    pythonVersion: '3.12.4',
    steeredBy: '',
    modelData: 'archive',
    packing: '1',
    imageRule: '1',
    environment: '',
    imageReason: "AWS's image of scikit-learn 1.9-0 has what the model needs",
    patchedBy: 'AWS until 2027-07-16',
  });
  expect(prepared.image).toContain('sagemaker-scikit-learn:1.9-0');
  expect(prepared.environment).toBeUndefined();
  expect(prepared.bytes).toBeGreaterThan(0);
  const paths = prepared.packaging.entries.map(({ path }) => path);
  expect(paths).not.toContain('code/requirements.txt');
});

test('any other is packed as it is for an image with its own environment', async () => {
  const prepared = await preparePackage(registryWith(SKLEARN), promoted(), automatic);
  expect(prepared.image).toBeUndefined();
  expect(prepared.packing).toMatchObject({
    flavor: 'python_function',
    environment: prepared.environment?.digest,
    imageReason: expect.stringContaining('sklearn: saved in the format "skops"'),
    patchedBy: expect.stringContaining('this installation'),
  });
  expect(prepared.packaging.entries.map(({ path }) => path)).toContain('MLmodel');
});

test("what AWS has no image for goes to the installation's own image, if it has one", async () => {
  const { packing, image, packaging } = await preparePackage(registryWith('onnx'), promoted(), withPyfunc);
  expect(packing.flavor).toBe('python_function');
  expect(image).toBe(PYFUNC);
  expect(packing).toMatchObject({ environment: '', patchedBy: 'you' });
  expect(packaging.entries.map(({ path }) => path)).toContain('MLmodel');
  const keras = await preparePackage(registryWith('keras3'), promoted(), withPyfunc);
  expect(keras.packing.flavor).toBe('python_function');
});

test('without environment images and without one it is refused, with all reasons and the fix', async () => {
  await expect(preparePackage(registryWith('onnx'), promoted(), off)).rejects.toThrow(
    '/mlflow-mlops/python_function_image_uri',
  );
  await expect(preparePackage(registryWith('tf_keras'), promoted(), off)).rejects.toThrow(
    /tensorflow: "data\/model.keras" is a Keras file.*python_function: .*environment-images is "off".*"automatic"/,
  );
});

test('tags steer flavour and image', async () => {
  const flavor = await preparePackage(
    registryWith(SKLEARN),
    promoted({ sagemaker_deploy_flavor: 'python_function', sagemaker_deploy_image: MINE }),
    automatic,
  );
  expect(flavor.packing).toMatchObject({ flavor: 'python_function', steeredBy: 'python_function' });
  expect(flavor.image).toBe(MINE);
  const image = await preparePackage(registryWith(SKLEARN), promoted({ sagemaker_deploy_image: MINE }), automatic);
  expect(image.packing.flavor).toBe('sklearn');
  expect(image.image).toBe(MINE);
});

test.each([
  ['no image of ECR', 'docker.io/mine:1', /"docker.io\/mine:1".*expected <account>.dkr.ecr.us-east-1/],
  ['another region', MINE.replace('us-east-1', 'eu-west-1'), /eu-west-1.*us-east-1 only/],
])('an image tag with %s is refused', async (_what, image, reason) => {
  const version = promoted({ sagemaker_deploy_image: image });
  await expect(preparePackage(registryWith(SKLEARN), version, automatic)).rejects.toThrow(reason);
});

test('a framework version without an image is refused if environment images are off', async () => {
  const mlmodel = capturedMlModel(SKLEARN).replace(/sklearn_version: .*/, 'sklearn_version: 7.0.0');
  const registry = registryWith(SKLEARN, { MLmodel: mlmodel });
  await expect(preparePackage(registry, promoted(), off)).rejects.toThrow(
    /scikit-learn 7\.0\.0, and AWS patches no image of 7\.0.*"automatic".*sagemaker_deploy_image/s,
  );
});

test('a model whose archive would be too large is refused, unless its endpoint takes the files as they are', async () => {
  const huge = registryWith(SKLEARN, {}, (path) => (path === 'model.skops' ? 300 * 1024 ** 3 : 10));
  const version = (tags = {}) => modelVersion({ stage: 'Staging', tags });
  const refusal = preparePackage(huge, version(), automatic);
  await expect(refusal).rejects.toThrow(
    /300\.0 GB.*234\.4 GB.*set the tag sagemaker_deploy_model_data to uncompressed/,
  );
  await expect(refusal).rejects.toMatchObject({ name: 'RefusedError' });
  const inStore = { ...huge, locate: async () => ({ bucket: 'my-mlflow', prefix: '1/' }) };
  await preparePackage(inStore, version({ sagemaker_deploy_model_data: 'uncompressed' }), automatic);
});

test('a folder without MLmodel, and names that would leave the archive, are refused', async () => {
  const empty: FolderSource = {
    id: 'mlflow.example',
    artifactId: async () => '',
    locate: async () => undefined,
    listFiles: async () => [],
    openFile: () => Promise.reject(new Error('nothing')),
  };
  await expect(preparePackage(empty, promoted(), automatic)).rejects.toThrow('no MLmodel');
  const hostile = registryWith(SKLEARN, { '../escape': 'x' });
  await expect(preparePackage(hostile, promoted(), automatic)).rejects.toThrow('".."');
});

describe('the tag sagemaker_deploy_model_data', () => {
  const asked = (value: string) => promoted({ sagemaker_deploy_model_data: value });
  const store = { bucket: 'my-mlflow', prefix: '1/models/m-1/artifacts/' };
  const inStore: FolderSource = { ...registryWith(SKLEARN), locate: async () => store };

  test.each(['archive', '', ' archive '])(
    '%j: the files go into an archive, also where S3 could copy them',
    async (value) => {
      const prepared = await preparePackage(inStore, asked(value), automatic);
      expect(prepared.packing.modelData).toBe('archive');
      expect(prepared.store).toBeUndefined();
    },
  );

  test('uncompressed: S3 copies them from where the registry keeps them', async () => {
    const prepared = await preparePackage(inStore, asked('uncompressed'), automatic);
    expect(prepared.packing.modelData).toBe('uncompressed');
    expect(prepared.store).toEqual(store);
    expect(prepared.files.map(({ path }) => path)).toContain('model.skops');
  });

  test('uncompressed, where this installation may not copy: the message names tag, source and fix', async () => {
    const refusal = preparePackage(registryWith(SKLEARN), asked('uncompressed'), automatic);
    await expect(refusal).rejects.toThrow(
      'the tag sagemaker_deploy_model_data asks for uncompressed files, and those of ' +
        '"models:/m-971b00edcfbf4ecd9e2263b8e68b6f8a" are not in a bucket that this installation may copy from: ' +
        'name their bucket in mlflow-mlops:artifact-store in cdk.json, or take the tag away',
    );
    await expect(refusal).rejects.toMatchObject({ name: 'RefusedError' });
  });

  test('anything else is refused with what there is', async () => {
    await expect(preparePackage(inStore, asked('zip'), automatic)).rejects.toThrow(
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
    await expect(preparePackage(many, promoted(), automatic)).rejects.toThrow(/more than 24 files/);
    const large = registryWith(SKLEARN, { 'requirements.txt': `${WHEEL}\n` }, (path) =>
      path === WHEEL ? 600 * 1024 ** 2 : 10,
    );
    const listed = {
      ...large,
      listFiles: async () => [...(await large.listFiles(promoted())), { path: WHEEL, size: 600 * 1024 ** 2 }],
    };
    await expect(preparePackage(listed, promoted(), automatic)).rejects.toThrow(/wheels have/);
  });
});
