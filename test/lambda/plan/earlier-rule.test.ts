import { reevaluate } from '../../../lambda/plan/earlier-rule';
import { ROUND_MAX } from '../../../lambda/plan/round';
import { RefusedError } from '../../../lambda/shared/errors';
import type { Packing } from '../../../lambda/shared/packages/metadata';
import { packageMetadata } from '../../../lambda/shared/packages/metadata';
import type { ModelPackage } from '../../../lambda/shared/packages/model-package';
import type { ModelVersion } from '../../../lambda/shared/registry/registry';
import { OWNER } from '../../support/owner';
import { modelPackage, modelVersion } from '../../support/versions';

const IMAGE = 'image of today';
const packing: Packing = {
  flavor: 'sklearn',
  frameworkVersion: '1.9.1',
  pythonVersion: '3.12.1',
  steeredBy: '',
  modelData: 'archive',
  packing: '1',
  imageRule: '1',
  environment: '',
  imageReason: 'AWS has one',
  patchedBy: 'AWS until 2027-07-16',
};
const SAYS = {
  mlflow_mlops_image_rule: '1',
  mlflow_environment: '',
  mlflow_image_reason: 'AWS has one',
  mlflow_image_patched_by: 'AWS until 2027-07-16',
};

const versions = (count: number) =>
  Array.from({ length: count }, (_, at) => modelVersion({ version: String(at + 1), stage: 'Production' }));
const packageOf = (version: ModelVersion, over: Partial<ModelPackage> = {}, owner = OWNER) =>
  modelPackage(Number(version.version), packageMetadata(version, 'host', { ...packing, imageRule: '' }, owner), {
    image: IMAGE,
    ...over,
  });

/** Reevaluates packages that all are of an earlier rule, and counts the looks. */
async function evaluated(
  versionsNow: readonly ModelVersion[],
  packages: readonly ModelPackage[],
  prepare: (version: ModelVersion) => Promise<{ image?: string; packing: Packing }> = async () => ({
    image: IMAGE,
    packing,
  }),
  currency: 'earlier rule' | 'current' | 'outdated' = 'earlier rule',
) {
  let looks = 0;
  const evaluation = { registryId: 'host', owner: OWNER, currencyOf: () => currency };
  const result = await reevaluate(evaluation, versionsNow, packages, (version) => {
    looks += 1;
    return prepare(version);
  });
  return { ...result, looks };
}

test('a package with the image that the rule chooses is confirmed, by one look', async () => {
  const [version] = versions(1) as [ModelVersion];
  const one = packageOf(version);
  const { confirmed, waiting, left, looks } = await evaluated([version], [one]);
  expect([...confirmed]).toEqual([[one.arn, SAYS]]);
  expect([waiting.size, left, looks]).toEqual([0, 0, 1]);
});

test.each([
  ['another image', { image: 'another', packing }],
  ['an environment image', { packing: { ...packing, flavor: 'python_function', environment: '3f2a' } }],
  ['another flavor', { image: IMAGE, packing: { ...packing, flavor: 'xgboost' } }],
])('a package for which the rule chooses %s is not', async (_what, prepared) => {
  const all = versions(1);
  const { confirmed, waiting } = await evaluated(
    all,
    all.map((one) => packageOf(one)),
    async () => prepared,
  );
  expect([confirmed.size, waiting.size]).toEqual([0, 0]);
});

test('a version that is refused is left to the plan', async () => {
  const all = versions(1);
  const refuse = () => Promise.reject(new RefusedError('no image'));
  const { confirmed, waiting } = await evaluated(
    all,
    all.map((one) => packageOf(one)),
    refuse,
  );
  expect([confirmed.size, waiting.size]).toEqual([0, 0]);
});

test('a version that cannot be read keeps its package, and does not call for another round', async () => {
  const all = versions(2);
  const packages = all.map((one) => packageOf(one));
  const { confirmed, waiting, left } = await evaluated(all, packages, async ({ version }) => {
    if (version === '1') {
      throw new Error('503');
    }
    return { image: IMAGE, packing };
  });
  expect([...waiting]).toEqual([packages[0]?.arn]);
  expect([...confirmed.keys()]).toEqual([packages[1]?.arn]);
  expect(left).toBe(0);
});

test('a round looks into a round of versions, and leaves the others as they are', async () => {
  const all = versions(ROUND_MAX + 20);
  const { confirmed, waiting, left, looks } = await evaluated(
    all,
    all.map((one) => packageOf(one)),
  );
  expect(looks).toBeLessThan(ROUND_MAX + 8);
  expect(confirmed.size).toBe(looks);
  expect(waiting.size).toBe(all.length - looks);
  expect(left).toBe(waiting.size);
});

test('a round ends when it has evaluated as many as it may', async () => {
  const all = versions(ROUND_MAX + 20);
  const { looks, left } = await evaluated(
    all,
    all.map((one) => packageOf(one)),
    async ({ version }) => {
      if (Number(version) <= 4) {
        throw new RefusedError('no image');
      }
      return { image: IMAGE, packing };
    },
  );
  expect([looks, left]).toEqual([ROUND_MAX + 4, 16]);
});

test('versions that are refused do not keep the others from their turn', async () => {
  const all = versions(3 * ROUND_MAX);
  const { confirmed, left } = await evaluated(
    all,
    all.map((one) => packageOf(one)),
    async ({ version }) => {
      if (Number(version) <= 2 * ROUND_MAX) {
        throw new RefusedError('no image');
      }
      return { image: IMAGE, packing };
    },
  );
  expect(confirmed.size).toBe(ROUND_MAX);
  expect(left).toBe(0);
});

test.each<[string, Parameters<typeof evaluated>]>([
  ['of versions that are not promoted', [[modelVersion()], [packageOf(modelVersion())]]],
  ['of other versions', [versions(1), [packageOf(modelVersion({ version: '7', stage: 'Production' }))]]],
  ['of others', [versions(1), versions(1).map((one) => packageOf(one, {}, 'somebody'))]],
  ['that failed', [versions(1), versions(1).map((one) => packageOf(one, { status: 'Failed' }))]],
  ['that are current', [versions(1), versions(1).map((one) => packageOf(one)), undefined, 'current']],
  ['that are outdated anyway', [versions(1), versions(1).map((one) => packageOf(one)), undefined, 'outdated']],
])('packages %s are not looked into', async (_what, given) => {
  const { looks, confirmed, waiting } = await evaluated(...given);
  expect([looks, confirmed.size, waiting.size]).toEqual([0, 0, 0]);
});
