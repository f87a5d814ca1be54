import { completeVersions } from '../../../lambda/plan/complete-versions';
import { identityMetadata } from '../../../lambda/shared/packages/metadata';
import type { ModelVersion } from '../../../lambda/shared/registry/registry';
import { modelPackage, modelVersion } from '../../support/versions';

function registry(hidden: ModelVersion[] = []) {
  return {
    getVersion: async (_name: string, number: string) => hidden.find(({ version }) => version === number),
  };
}

const packageOf = (version: ModelVersion) => modelPackage(1, identityMetadata(version, 'mlflow.example.com'));
const [one, two] = [modelVersion({ version: '1' }), modelVersion({ version: '2' })];

test('a version that the pages left out is found by its number', async () => {
  const versions = await completeVersions(registry([two]), 'churn', [one], [packageOf(one), packageOf(two)]);
  expect(versions).toEqual([one, two]);
});

test('what is listed is not asked for again, nor what no package speaks of', async () => {
  const asked: string[] = [];
  const counting = {
    getVersion: async (name: string, number: string) => {
      asked.push(`${name} ${number}`);
      return undefined;
    },
  };
  await completeVersions(
    counting,
    'churn',
    [one],
    [packageOf(one), packageOf(two), packageOf(two), modelPackage(7, {})],
  );
  expect(asked).toEqual(['churn 2']);
});

test('a version that is really gone stays out', async () => {
  expect(await completeVersions(registry(), 'churn', [one], [packageOf(two)])).toEqual([one]);
});
