import { nearest } from '../../lib/inference/nearest';

const KEYS = ['InstanceType', 'InstanceCount', 'ServerlessSizeInMB'];

test.each([
  ['InstanceTyp', 'InstanceType'],
  ['instance_type', 'InstanceType'],
  ['Instances', 'InstanceType'],
  ['ServerlessSizeInMb', 'ServerlessSizeInMB'],
  ['ServerlessSize', 'ServerlessSizeInMB'],
])('%s was meant as %s', (name, expected) => {
  expect(nearest(name, KEYS)).toBe(expected);
});

test('what is near to nothing is not guessed', () => {
  expect(nearest('Region', KEYS)).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
});
