import { modelPackagesText } from '../../lib/registry/model-packages-file';
import { aPackage, GROUP } from '../support/fixtures';

test('the file holds what synthesis needs and no more, in an order of its own', () => {
  const noise = { mlflow_description: 'changes often', mlflow_tag_x: 'y' };
  const packages = [
    aPackage(10, '2', 'Staging', { metadata: noise, uncompressed: true }),
    aPackage(9, '1', 'Production'),
  ];
  const text = modelPackagesText({ groupName: GROUP, packages });
  expect(JSON.parse(text)).toEqual({
    groupName: GROUP,
    packages: [aPackage(9, '1', 'Production'), aPackage(10, '2', 'Staging', { uncompressed: true })],
  });
  const shuffled = packages.map(({ metadata, ...rest }) => ({
    metadata: Object.fromEntries(Object.entries(metadata).reverse()),
    ...rest,
  }));
  expect(modelPackagesText({ packages: shuffled.reverse(), groupName: GROUP })).toBe(text);
});
