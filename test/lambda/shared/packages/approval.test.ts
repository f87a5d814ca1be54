import { approvalOf, canSpeakFor, environmentsFor, standingPackage } from '../../../../lambda/shared/packages/approval';
import { modelPackage, modelVersion } from '../../../support/versions';

const MANUAL = new Set(['Production']);
const NONE = new Set<string>();
const WAITED = { mlflow_mlops_approval: 'manual' };
const PENDING = { approvalStatus: 'PendingManualApproval' } as const;
const REJECTED = { approvalStatus: 'Rejected' } as const;

const staging = modelVersion({ stage: 'Staging' });
const production = modelVersion({ stage: 'Production' });
const both = modelVersion({ stage: 'Production', aliases: ['staging'] });

describe('a new package', () => {
  test.each([
    ['is approved where no environment of its version wants a person', staging, undefined, 'Approved'],
    ['waits where one does', production, undefined, 'PendingManualApproval'],
    ['waits where one of both does', both, undefined, 'PendingManualApproval'],
    ['waits again where the one before it was approved', production, modelPackage(1, WAITED), 'PendingManualApproval'],
    ['stays rejected', production, modelPackage(1, WAITED, REJECTED), 'Rejected'],
    ['stays rejected, also without anybody being asked', staging, modelPackage(1, WAITED, REJECTED), 'Rejected'],
    ['waits no more when nobody is asked any more', staging, modelPackage(1, WAITED, PENDING), 'Approved'],
    ['keeps the doubt of a person whom nobody asked', staging, modelPackage(1, {}, PENDING), 'PendingManualApproval'],
  ])('%s', (_what, version, replaced, status) => {
    const { approvalStatus, metadata } = approvalOf(version, replaced, MANUAL);
    expect(approvalStatus).toBe(status);
    expect(metadata).toEqual(version === staging ? {} : WAITED);
  });

  test('is approved everywhere as long as no environment wants a person', () => {
    for (const version of [staging, production, both]) {
      expect(approvalOf(version, undefined, NONE)).toEqual({ approvalStatus: 'Approved', metadata: {} });
    }
  });
});

describe('a package may be deployed', () => {
  test.each([
    ['where nobody is asked', staging, {}, ['Staging']],
    ['not where a person is asked, when it never waited for one', both, {}, ['Staging']],
    ['in both, when it waited', both, WAITED, ['Staging', 'Production']],
    ['where it was before a person was asked', both, { mlflow_environments: 'Production' }, ['Staging', 'Production']],
    [
      'nowhere that its version is not promoted into',
      staging,
      { mlflow_environments: 'Staging Production' },
      ['Staging'],
    ],
  ])('%s', (_what, version, metadata, environments) => {
    expect(environmentsFor(version, metadata, MANUAL)).toEqual(environments);
    expect(environmentsFor(version, metadata, NONE)).toEqual(environmentsFor(version, WAITED, NONE));
  });
});

test.each([
  ['not for a version that got into an environment that asks', production, modelPackage(1, {}), false],
  ['for it when it waited', production, modelPackage(1, WAITED, PENDING), true],
  ['while it waits for nothing any more: not', staging, modelPackage(1, WAITED, PENDING), false],
  ['when a person approved it for another environment', staging, modelPackage(1, WAITED), true],
  ['when a person rejected it', staging, modelPackage(1, WAITED, REJECTED), true],
])('a package speaks for its version: %s', (_what, version, one, speaks) => {
  expect(canSpeakFor(version, one, MANUAL)).toBe(speaks);
});

describe('while a package waits', () => {
  const approved = modelPackage(1, WAITED);
  const waiting = modelPackage(2, WAITED, PENDING);

  test('the newest approved one stands, until a person has approved', () => {
    const older = modelPackage(0, WAITED);
    expect(standingPackage(production, waiting, [older, approved, waiting], MANUAL)).toBe(approved);
    expect(standingPackage(production, undefined, [approved], MANUAL)).toBe(approved);
    expect(standingPackage(production, modelPackage(2, WAITED), [approved], MANUAL)).toBeUndefined();
  });

  test.each([
    ['that was rejected', modelPackage(1, WAITED, REJECTED)],
    ['that SageMaker could not make', modelPackage(1, WAITED, { status: 'Failed' })],
    ['that never waited, where only a person decides', modelPackage(1, {})],
  ])('none stands %s', (_what, one) => {
    expect(standingPackage(production, waiting, [one, waiting], MANUAL)).toBeUndefined();
  });

  test('one that never waited stands where nobody is asked', () => {
    expect(standingPackage(both, waiting, [modelPackage(1, {}), waiting], MANUAL)?.arn).toBe(approved.arn);
  });

  test('none stands where nobody is asked', () => {
    expect(standingPackage(staging, waiting, [approved, waiting], MANUAL)).toBeUndefined();
    expect(standingPackage(production, waiting, [approved, waiting], NONE)).toBeUndefined();
  });
});
