import { completeVersions } from '../../../lambda/plan/complete-versions';
import { identityMetadata } from '../../../lambda/shared/packages/metadata';
import type { ModelVersion } from '../../../lambda/shared/registry/registry';
import { modelPackage, modelVersion } from '../../support/versions';

function registry(hidden: ModelVersion[] = [], empty = false) {
  return {
    id: 'mlflow.example.com',
    getVersion: async (_name: string, number: string) => hidden.find(({ version }) => version === number),
    isEmpty: async () => empty,
  };
}

const packageOf = (version: ModelVersion) => modelPackage(1, identityMetadata(version, 'mlflow.example.com'));
const [one, two] = [modelVersion({ version: '1' }), modelVersion({ version: '2' })];

test('a version that the pages left out is found by its number', async () => {
  const versions = await completeVersions(registry([two]), 'churn', [one], [packageOf(one), packageOf(two)]);
  expect(versions).toEqual([one, two]);
});

test('a version that is really gone stays out', async () => {
  expect(await completeVersions(registry(), 'churn', [one], [packageOf(two)])).toEqual([one]);
});

test('an empty registry deletes nothing, and says what to check', async () => {
  await expect(completeVersions(registry([], true), 'churn', [], [packageOf(one)])).rejects.toThrow(
    /no models at all.*secret/,
  );
});

test('without packages an empty registry is just empty, and a deleted model of another is just deleted', async () => {
  expect(await completeVersions(registry([], true), 'churn', [], [])).toEqual([]);
  expect(await completeVersions(registry(), 'churn', [], [packageOf(one)])).toEqual([]);
});
