import { frameworkImageUri } from '../../../lambda/packaging/framework-images';
import { currencyOf } from '../../../lambda/plan/currency';
import { type Packing, packageMetadata } from '../../../lambda/shared/packages/metadata';
import { choiceSettings } from '../../support/choice-settings';
import { modelPackage, modelVersion } from '../../support/versions';

const DIGEST = '3f2a'.repeat(8);
const ENVIRONMENT_IMAGE = `111111111111.dkr.ecr.us-east-1.amazonaws.com/mlflow-mlops-environments@sha256:${'0'.repeat(64)}`;
const IMAGE = '111111111111.dkr.ecr.us-east-1.amazonaws.com/mine:1';
const packing: Packing = {
  flavor: 'sklearn',
  frameworkVersion: '1.9.1',
  pythonVersion: '3.12.1',
  steeredBy: '',
  modelData: 'archive',
  packing: '1',
  imageRule: '1',
  environment: '',
  imageReason: "AWS's image has what the model needs",
  patchedBy: 'AWS until 2027-07-16',
};
const current = frameworkImageUri('sklearn', 'us-east-1');

const packed = (over: Partial<typeof packing> = {}, image = current) =>
  modelPackage(1, packageMetadata(modelVersion(), 'host', { ...packing, ...over }, 'o'), { image });

const currency = (modelPackageThen: ReturnType<typeof packed>, version = modelVersion(), over = {}) =>
  currencyOf(choiceSettings(over), new Set())(version, modelPackageThen);

test('a package whose image, flavor and way of packing are those of today is current', () => {
  expect(currency(packed())).toBe('current');
});

test.each([
  ['another way of packing', packed({ packing: '0' })],
  ['another image', packed({}, IMAGE)],
  ['a flavour that is not known', packed({ flavor: 'caffe' })],
  ['a flavour that was asked for by a tag that is gone', packed({ steeredBy: 'sklearn' })],
  ['uncompressed data that was asked for by a tag that is gone', packed({ modelData: 'uncompressed' })],
])('%s makes it outdated', (_what, modelPackageThen) => {
  expect(currency(modelPackageThen)).toBe('outdated');
});

test.each([
  ['archive', true, false],
  ['uncompressed', false, true],
  // A value that nobody knows is looked into, and refused then for this version alone.
  ['zip', false, false],
])(
  'the tag sagemaker_deploy_model_data is %s: an archive is current %s, uncompressed data %s',
  (tag, archive, files) => {
    const version = modelVersion({ tags: { sagemaker_deploy_model_data: tag } });
    expect(currency(packed(), version)).toBe(archive ? 'current' : 'outdated');
    expect(currency(packed({ modelData: 'uncompressed' }), version)).toBe(files ? 'current' : 'outdated');
  },
);

test("an image by the version's tag, or by the installation, is the one that counts", () => {
  const tagged = modelVersion({ tags: { sagemaker_deploy_image: IMAGE } });
  expect(currency(packed(), tagged)).toBe('outdated');
  expect(currency(packed({}, IMAGE), tagged)).toBe('current');
  expect(currency(packed({ imageRule: '' }, IMAGE), tagged)).toBe('current');
  expect(currency(packed({}, IMAGE), modelVersion(), { overrides: { sklearn: IMAGE } })).toBe('current');
});

test('a tag with an image that SageMaker cannot pull makes it outdated', () => {
  expect(currency(packed(), modelVersion({ tags: { sagemaker_deploy_image: 'mine' } }))).toBe('outdated');
});

test('a tag that asks for another flavor makes another package', () => {
  const steered = modelVersion({ tags: { sagemaker_deploy_flavor: 'python_function' } });
  expect(currency(packed(), steered)).toBe('outdated');
});

test.each(['', '0', '2'])('another rule (%j) needs a look into the files of the version', (imageRule) => {
  expect(currency(packed({ imageRule }))).toBe('earlier rule');
  // Only the image may differ: what differs otherwise is outdated whatever the rule.
  expect(currency(packed({ imageRule, packing: '0' }))).toBe('outdated');
});

describe('the setting for environment images', () => {
  const inEnvironment = packed({ flavor: 'python_function', environment: DIGEST }, ENVIRONMENT_IMAGE);
  const steered = modelVersion({ tags: { sagemaker_deploy_flavor: 'sklearn' } });

  test.each([
    ['automatic', 'current', 'current'],
    ['always', 'outdated', 'current'],
    ['off', 'current', 'outdated'],
  ] as const)('%s: an image of AWS is %s, an environment image %s', (environmentImages, aws, environment) => {
    expect(currency(packed(), modelVersion(), { environmentImages })).toBe(aws);
    expect(currency(inEnvironment, modelVersion(), { environmentImages })).toBe(environment);
  });

  test('gives way to the tag sagemaker_deploy_flavor', () => {
    const steeredPackage = packed({ steeredBy: 'sklearn' });
    expect(currency(steeredPackage, steered, { environmentImages: 'always' })).toBe('current');
  });

  test('a package of python_function without an environment is from before there were images of them', () => {
    expect(currency(packed({ flavor: 'python_function' }))).toBe('outdated');
  });
});

test('a region that AWS has no image in makes it outdated', () => {
  expect(currency(packed(), modelVersion(), { region: 'mars-north-1' })).toBe('outdated');
});

test('a fault in looking for the image is no answer', () => {
  const overrides = () => {
    throw new Error('a mistake');
  };
  const broken = Object.defineProperty(choiceSettings(), 'overrides', { get: overrides });
  expect(() => currencyOf(broken, new Set())(modelVersion(), packed())).toThrow('a mistake');
});
