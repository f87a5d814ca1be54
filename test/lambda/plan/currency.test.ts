import { isCurrent } from '../../../lambda/plan/currency';
import { Images } from '../../../lambda/shared/images/images';
import { type Packing, packageMetadata } from '../../../lambda/shared/packages/metadata';
import { modelPackage, modelVersion } from '../../support/versions';

const IMAGE = '111111111111.dkr.ecr.us-east-1.amazonaws.com/mine:1';
const packing: Packing = {
  flavor: 'sklearn',
  frameworkVersion: '1.4.2',
  pythonVersion: '3.12.1',
  steeredBy: '',
  modelData: 'archive',
  packing: '1',
};
const images = new Images('us-east-1', {});
const current = images.imageFor('sklearn', { frameworkVersion: '1.4.2', pythonVersion: '3.12.1', tag: undefined }).uri;

const packed = (over: Partial<typeof packing> = {}, image = current) =>
  modelPackage(1, packageMetadata(modelVersion(), 'host', { ...packing, ...over }, 'o'), { image });

test('a package whose image, flavour and way of packing are those of today is current', () => {
  expect(isCurrent(images, new Set())(modelVersion(), packed())).toBe(true);
});

test('a model without a Python version is served by any image of its framework', () => {
  const image = images.imageFor('sklearn', { frameworkVersion: '1.4.2', pythonVersion: undefined, tag: undefined }).uri;
  expect(isCurrent(images, new Set())(modelVersion(), packed({ pythonVersion: '' }, image))).toBe(true);
});

test.each([
  ['3.12.1', '3.12.1'],
  ['', undefined],
])("the image is looked for by the model's framework and Python: %j", (pythonVersion, wanted) => {
  const asked = new Images('us-east-1', {});
  const imageFor = jest.spyOn(asked, 'imageFor');
  isCurrent(asked, new Set())(modelVersion(), packed({ pythonVersion }));
  expect(imageFor).toHaveBeenCalledWith('sklearn', {
    frameworkVersion: '1.4.2',
    pythonVersion: wanted,
    tag: undefined,
  });
});

test('a fault in looking for the image is no answer', () => {
  const broken = Object.assign(new Images('us-east-1', {}), {
    imageFor: () => {
      throw new Error('a mistake');
    },
  });
  expect(() => isCurrent(broken, new Set())(modelVersion(), packed())).toThrow('a mistake');
});

test.each([
  ['another way of packing', packed({ packing: '0' })],
  ['another image', packed({}, IMAGE)],
  ['a framework that has no image any more', packed({ frameworkVersion: '99.0' })],
  ['a flavour that is not known', packed({ flavor: 'caffe' })],
  ['a flavour that was asked for by a tag that is gone', packed({ steeredBy: 'sklearn' })],
  ['uncompressed data that was asked for by a tag that is gone', packed({ modelData: 'uncompressed' })],
])('%s is not', (_what, modelPackageThen) => {
  expect(isCurrent(images, new Set())(modelVersion(), modelPackageThen)).toBe(false);
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
    expect(isCurrent(images, new Set())(version, packed())).toBe(archive);
    expect(isCurrent(images, new Set())(version, packed({ modelData: 'uncompressed' }))).toBe(files);
  },
);

test("an image by the version's tag, or by the installation, is the one that counts", () => {
  const tagged = modelVersion({ tags: { sagemaker_deploy_image: IMAGE } });
  expect(isCurrent(images, new Set())(tagged, packed())).toBe(false);
  expect(isCurrent(images, new Set())(tagged, packed({}, IMAGE))).toBe(true);
  expect(isCurrent(new Images('us-east-1', { sklearn: IMAGE }), new Set())(modelVersion(), packed({}, IMAGE))).toBe(
    true,
  );
});

test('a tag that asks for another flavour makes another package', () => {
  const steered = modelVersion({ tags: { sagemaker_deploy_flavor: 'python_function' } });
  expect(isCurrent(images, new Set())(steered, packed())).toBe(false);
});
