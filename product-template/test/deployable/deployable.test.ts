import { deployableSet } from '../../lib/deployable/deployable';
import { aPackage, packageArn } from '../support/fixtures';

test('an approved package is deployed in each environment of its version', () => {
  expect(deployableSet([aPackage(3, '2', 'Staging Production')])).toEqual([
    { environment: 'Staging', version: '2', packageArn: packageArn(3), modelName: 'Churn model', runId: 'run2' },
    { environment: 'Production', version: '2', packageArn: packageArn(3), modelName: 'Churn model', runId: 'run2' },
  ]);
});

test.each([
  ['waits for approval', aPackage(1, '1', 'Staging', { approval: 'PendingManualApproval' })],
  ['was rejected', aPackage(1, '1', 'Staging', { approval: 'Rejected' })],
  ['somebody else made', aPackage(1, '1', 'Staging', { metadata: { mlflow_mlops_owner: '' } })],
  ['is in no environment', aPackage(1, '1', '')],
  ['is in an environment that is not known here', aPackage(1, '1', 'staging Canary StagingProduction')],
  ['does not say which version it is', aPackage(1, '', 'Staging')],
  ['has no metadata at all', { arn: packageArn(1), approval: 'Approved', metadata: {} }],
])('a package that %s is not', (_, one) => {
  expect(deployableSet([one])).toEqual([]);
});

test('the order of the packages does not matter; versions are ordered by number', () => {
  const packages = [aPackage(1, '10', 'Staging'), aPackage(2, '9', 'Staging'), aPackage(3, '2', 'Production Staging')];
  const set = deployableSet(packages);
  expect(set.map(({ environment, version }) => `${environment} ${version}`)).toEqual([
    'Staging 2',
    'Staging 9',
    'Staging 10',
    'Production 2',
  ]);
  expect(deployableSet([...packages].reverse())).toEqual(set);
});

describe('of two packages of one version', () => {
  test('the one with the higher number counts, as a number', () => {
    const set = deployableSet([aPackage(10, '1', 'Staging'), aPackage(9, '1', 'Staging')]);
    expect(set.map((one) => one.packageArn)).toEqual([packageArn(10)]);
  });

  test('what the newer one says is true of the version', () => {
    const set = deployableSet([aPackage(1, '1', 'Staging'), aPackage(2, '1', 'Production')]);
    expect(set.map((one) => one.environment)).toEqual(['Production']);
  });

  test('one that is not approved does not take the place of one that is', () => {
    const rejected = aPackage(2, '1', 'Staging', { approval: 'Rejected' });
    expect(deployableSet([aPackage(1, '1', 'Staging'), rejected]).map((one) => one.packageArn)).toEqual([
      packageArn(1),
    ]);
  });
});

test('what the package does not say is left out', () => {
  const [one] = deployableSet([aPackage(1, '1', 'Staging', { metadata: { mlflow_name: '', mlflow_run_id: '' } })]);
  expect(one).toEqual({ environment: 'Staging', version: '1', packageArn: packageArn(1) });
});
