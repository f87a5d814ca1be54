import { type Deployable, deployableSet, type RegisteredPackage } from '../../lib/deployable/deployable';
import { OWNER } from '../../lib/names';
import { aPackage, packageArn } from '../support/fixtures';

/** What is deployed of a group. */
function deployed(packages: readonly RegisteredPackage[]): Deployable[] {
  return deployableSet(packages, OWNER);
}

test('an approved package is deployed in each environment of its version', () => {
  expect(deployed([aPackage(3, '2', 'Staging Production')])).toEqual([
    { environment: 'Staging', version: '2', packageArn: packageArn(3), modelName: 'Churn model', runId: 'run2' },
    { environment: 'Production', version: '2', packageArn: packageArn(3), modelName: 'Churn model', runId: 'run2' },
  ]);
});

test.each([
  ['waits for approval', aPackage(1, '1', 'Staging', { approval: 'PendingManualApproval' })],
  ['was rejected', aPackage(1, '1', 'Staging', { approval: 'Rejected' })],
  ['bears no mark', aPackage(1, '1', 'Staging', { metadata: { mlflow_mlops_owner: '' } })],
  ['bears another mark', aPackage(1, '1', 'Staging', { metadata: { mlflow_mlops_owner: 'OtherStack' } })],
  ['bears a mark that begins alike', aPackage(1, '1', 'Staging', { metadata: { mlflow_mlops_owner: `${OWNER}2` } })],
  ['is in no environment', aPackage(1, '1', '')],
  ['is in an environment that is not known here', aPackage(1, '1', 'staging Canary StagingProduction')],
  ['does not say which version it is', aPackage(1, '', 'Staging')],
  ['has no metadata at all', { arn: packageArn(1), approval: 'Approved', metadata: {} }],
])('a package that %s is not', (_, one) => {
  expect(deployed([one])).toEqual([]);
});

test('the order of the packages does not matter; versions are ordered by number', () => {
  const packages = [aPackage(1, '10', 'Staging'), aPackage(2, '9', 'Staging'), aPackage(3, '2', 'Production Staging')];
  const set = deployed(packages);
  expect(set.map(({ environment, version }) => `${environment} ${version}`)).toEqual([
    'Staging 2',
    'Staging 9',
    'Staging 10',
    'Production 2',
  ]);
  expect(deployed([...packages].reverse())).toEqual(set);
});

describe('of two packages of one version', () => {
  test('the one with the higher number counts, as a number', () => {
    const set = deployed([aPackage(10, '1', 'Staging'), aPackage(9, '1', 'Staging')]);
    expect(set.map((one) => one.packageArn)).toEqual([packageArn(10)]);
  });

  test('what the newer one says is true of the version', () => {
    const set = deployed([aPackage(1, '1', 'Staging'), aPackage(2, '1', 'Production')]);
    expect(set.map((one) => one.environment)).toEqual(['Production']);
  });

  test('one that is not approved does not take the place of one that is', () => {
    const rejected = aPackage(2, '1', 'Staging', { approval: 'Rejected' });
    expect(deployed([aPackage(1, '1', 'Staging'), rejected]).map((one) => one.packageArn)).toEqual([packageArn(1)]);
  });
});

test("a newer package of somebody else's does not take the place of the sync's", () => {
  const foreign = aPackage(2, '1', 'Production', { metadata: { mlflow_mlops_owner: 'OtherStack' } });
  expect(deployed([aPackage(1, '1', 'Staging'), foreign])).toEqual(deployed([aPackage(1, '1', 'Staging')]));
});

test('what the package does not say is left out', () => {
  const [one] = deployed([aPackage(1, '1', 'Staging', { metadata: { mlflow_name: '', mlflow_run_id: '' } })]);
  expect(one).toEqual({ environment: 'Staging', version: '1', packageArn: packageArn(1) });
});
