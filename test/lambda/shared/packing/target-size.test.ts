import { checkTargetSize } from '../../../../lambda/shared/packing/target-size';
import { modelVersion } from '../../../support/versions';

const GIB = 1024 ** 3;
const PRODUCTION_MAX = 5 * GIB;

test('a model as large as its endpoint holds passes, one byte more does not', () => {
  const version = modelVersion({ stage: 'Production' });
  expect(() => checkTargetSize(version, PRODUCTION_MAX)).not.toThrow();
  expect(() => checkTargetSize(version, PRODUCTION_MAX + 1)).toThrow('the model has 5.0 GB');
});

test('a model that no endpoint holds is refused with the limit of each, and the way out', () => {
  const version = modelVersion({ stage: 'Production', aliases: ['staging'] });
  expect(() => checkTargetSize(version, PRODUCTION_MAX + 1)).not.toThrow();
  expect(() => checkTargetSize(version, 10_000 * GIB)).toThrow(
    /^the model has 10000\.0 GB and its endpoints hold less \(Staging \d+\.0 GB, Production 5\.0 GB\); where an environment's endpoint is of another kind, say so in lambda\/shared\/environments\.ts$/,
  );
  expect(() => checkTargetSize(version, 10_000 * GIB)).toThrow(expect.objectContaining({ name: 'RefusedError' }));
});

test('a version that is not promoted has no endpoint to be too large for', () => {
  expect(() => checkTargetSize(modelVersion(), 10_000 * GIB)).not.toThrow();
});
