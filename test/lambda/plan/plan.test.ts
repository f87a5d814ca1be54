import fc from 'fast-check';
import { type Plan, type PlanInput, plan } from '../../../lambda/plan/plan';
import { canSpeakFor } from '../../../lambda/shared/packages/approval';
import {
  liveChange,
  metadataChange,
  OWNER_KEY,
  type Packing,
  packageMetadata,
  UNSYNCED,
} from '../../../lambda/shared/packages/metadata';
import type { ModelPackage } from '../../../lambda/shared/packages/model-package';
import { superseded } from '../../../lambda/shared/packages/superseded';
import type { ModelVersion } from '../../../lambda/shared/registry/registry';
import { OWNER } from '../../support/owner';
import { modelPackage, modelVersion } from '../../support/versions';

const REGISTRY = 'mlflow.example.com';
const packing: Packing = {
  flavor: 'sklearn',
  frameworkVersion: '1.9.1',
  pythonVersion: '3.11.7',
  steeredBy: '',
  modelData: 'archive',
  packing: '1',
  imageRule: '1',
  environment: '',
  imageReason: "AWS's image has what the model needs",
  patchedBy: 'AWS until 2027-07-16',
};
const EMPTY = { create: [], update: [], delete: [], gone: [], keep: [] };

function input(over: Partial<PlanInput>): PlanInput {
  return {
    registryId: REGISTRY,
    owner: OWNER,
    enrolled: true,
    versions: [],
    packages: [],
    isCurrent: (_version, { image }) => image === 'image',
    manual: new Set(),
    warningOf: () => undefined,
    ...over,
  };
}

function packageOf(version: ModelVersion, number = 1, over: Partial<ModelPackage> = {}): ModelPackage {
  return modelPackage(number, packageMetadata(version, REGISTRY, packing, OWNER), over);
}

describe('plan', () => {
  const staged = modelVersion({ stage: 'Staging' });

  test('a promoted version without a package is created', () => {
    expect(plan(input({ versions: [staged] }))).toStrictEqual({ ...EMPTY, create: [{ version: '1' }] });
  });

  test.each([
    ['by stage', modelVersion({ stage: 'Production' })],
    ['by alias', modelVersion({ aliases: ['production'] })],
    ['by both, in two environments', modelVersion({ stage: 'Staging', aliases: ['production'] })],
  ])('promotion %s counts', (_how, version) => {
    expect(plan(input({ versions: [version] })).create).toHaveLength(1);
  });

  test.each([
    ['None', modelVersion({ stage: 'None' })],
    ['Archived', modelVersion({ stage: 'Archived' })],
    ['an alias that means nothing', modelVersion({ aliases: ['champion'] })],
    ['files that are not complete', modelVersion({ stage: 'Production', status: 'PENDING_REGISTRATION' })],
  ])('%s: nothing is created', (_why, version) => {
    expect(plan(input({ versions: [version] }))).toEqual(EMPTY);
  });

  test('a package that is as it should be is kept', () => {
    expect(plan(input({ versions: [staged], packages: [packageOf(staged)] }))).toEqual({
      ...EMPTY,
      keep: [packageOf(staged).arn],
    });
  });

  test('what is made comes in the order of the versions, what goes with the oldest first', () => {
    const versions = ['10', '9', '100'].map((version) => modelVersion({ version, stage: 'Staging' }));
    expect(plan(input({ versions })).create.map(({ version }) => version)).toEqual(['9', '10', '100']);
    const archived = modelVersion({ stage: 'Archived' });
    const packages = [
      packageOf(archived, 2),
      packageOf(archived, 3, { creationTime: 1 }),
      packageOf(archived, 4, { creationTime: 1_002 }),
      packageOf(archived, 1, { creationTime: 1_002 }),
    ];
    const byName = (numbers: number[]) => numbers.map((number) => packageOf(archived, number).arn);
    for (const order of [packages, [...packages].reverse()]) {
      const deleted = plan(input({ versions: [archived], packages: order })).delete;
      expect(deleted.map(({ packageArn }) => packageArn)).toEqual(byName([3, 1, 2, 4]));
    }
  });

  test('a package that SageMaker could not make is replaced', () => {
    const failed = packageOf(staged, 1, { status: 'Failed' });
    expect(plan(input({ versions: [staged], packages: [failed] }))).toEqual({
      ...EMPTY,
      create: [{ version: '1', replaces: failed.arn }],
    });
  });

  test("a warning about the package's image is an update in place", () => {
    const packages = [packageOf(staged)];
    const warningOf = (image: string) => (image === 'image' ? 'too old' : undefined);
    expect(plan(input({ versions: [staged], packages, warningOf })).update).toEqual([
      { packageArn: packageOf(staged).arn, version: '1' },
    ]);
  });

  test('stage, aliases and description are updates in place', () => {
    const promoted = modelVersion({ stage: 'Production', aliases: ['staging'], description: 'better' });
    expect(plan(input({ versions: [promoted], packages: [packageOf(staged)] }))).toEqual({
      ...EMPTY,
      update: [{ packageArn: packageOf(staged).arn, version: '1' }],
    });
  });

  test('an outdated packing makes a new package, which then replaces the old one', () => {
    const old = packageOf(staged, 1, { image: 'older' });
    expect(plan(input({ versions: [staged], packages: [old] }))).toEqual({
      ...EMPTY,
      create: [{ version: '1', replaces: old.arn, supersedes: true }],
    });
    const undeployed = packageOf(staged, 1, { image: 'older', approvalStatus: 'Rejected' });
    expect(plan(input({ versions: [staged], packages: [undeployed] })).create).toEqual([
      { version: '1', replaces: undeployed.arn },
    ]);
  });

  test('when the new package stands beside the outdated one, the outdated one is superseded', () => {
    const result = plan(
      input({ versions: [staged], packages: [packageOf(staged, 1, { image: 'older' }), packageOf(staged, 2)] }),
    );
    expect(result).toMatchObject({ create: [], keep: [packageOf(staged, 2).arn] });
    expect(result.update).toEqual([{ packageArn: packageOf(staged, 1).arn, version: '1', supersede: true }]);
  });

  test('a second package of one version goes, the older one stays', () => {
    const second = packageOf(staged, 2, { approvalStatus: 'Rejected' });
    const result = plan(input({ versions: [staged], packages: [second, packageOf(staged, 1)] }));
    expect(result.keep).toEqual([packageOf(staged, 1).arn]);
    expect(result.delete).toEqual([{ packageArn: second.arn, reason: 'a second package of its version' }]);
  });

  describe('a superseded package', () => {
    const at = Date.parse('2030-01-02T03:04:05Z');
    const old = packageOf(staged, 1);
    const replaced = { ...old, metadata: { ...old.metadata, ...superseded(at) } };
    const current = packageOf(staged, 2);
    const planned = (supersededUntil: number | undefined, ...versions: ModelVersion[]) =>
      plan(input({ versions, packages: [replaced, current], supersededUntil }));

    test.each([undefined, at - 1])('stays until the time is over: %p', (until) => {
      expect(planned(until, staged)).toEqual({ ...EMPTY, keep: [current.arn, replaced.arn] });
    });

    test('is deleted then', () => {
      const reason = 'superseded since 2030-01-02T03:04:05.000Z, and a run of the pipeline has succeeded since';
      expect(planned(at, staged)).toEqual({
        ...EMPTY,
        keep: [current.arn],
        delete: [{ packageArn: replaced.arn, reason }],
      });
    });

    test('goes at once with its version', () => {
      const archived = modelVersion({ stage: 'Archived' });
      expect(planned(undefined, archived).delete.map(({ packageArn }) => packageArn)).toEqual([
        replaced.arn,
        current.arn,
      ]);
    });

    test('does not speak for its version again', () => {
      expect(plan(input({ versions: [staged], packages: [replaced] }))).toEqual({
        ...EMPTY,
        create: [{ version: '1' }],
        keep: [replaced.arn],
      });
    });
  });

  test('a package whose version was archived is deleted', () => {
    const planned = plan(input({ versions: [modelVersion({ stage: 'Archived' })], packages: [packageOf(staged)] }));
    const deleted = { packageArn: packageOf(staged).arn, reason: 'its version is in stage Archived' };
    expect(planned).toEqual({ ...EMPTY, delete: [deleted] });
  });

  test.each([
    ['deleted', []],
    ['made anew under its number', [modelVersion({ creationTimestamp: 2 })]],
    ['another run of that number', [modelVersion({ runId: 'other' })]],
  ])('a package whose version was %s is left to deletion protection', (_what, versions) => {
    const planned = plan(input({ versions, packages: [packageOf(staged)] }));
    const gone = { packageArn: packageOf(staged).arn, version: '1', reason: 'MLflow does not list its version 1' };
    expect(planned).toEqual({ ...EMPTY, gone: [gone] });
  });

  test.each([
    ['no owner mark', { [OWNER_KEY]: undefined }],
    ["another installation's mark", { [OWNER_KEY]: 'OtherStack' }],
    ['another registry', { mlflow_registry: 'elsewhere.example.com' }],
  ])('a package with %s does not exist for it', (_what, over) => {
    const metadata = Object.fromEntries(
      Object.entries({ ...packageOf(staged).metadata, ...over }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    );
    expect(plan(input({ packages: [modelPackage(1, metadata)] }))).toEqual(EMPTY);
    expect(plan(input({ versions: [staged], packages: [modelPackage(1, metadata)] })).create).toEqual([
      { version: '1' },
    ]);
  });

  test('without enrolment packages stay, marked as unsynced, and enrolling again adopts them', () => {
    const left = plan(input({ enrolled: false, versions: [], packages: [packageOf(staged)] }));
    expect(left).toEqual({ ...EMPTY, update: [{ packageArn: packageOf(staged).arn }] });

    const marked = modelPackage(1, { ...packageOf(staged).metadata, ...UNSYNCED });
    expect(plan(input({ enrolled: false, packages: [marked] }))).toEqual({ ...EMPTY, keep: [marked.arn] });
    expect(plan(input({ versions: [staged], packages: [marked] })).update).toEqual([
      { packageArn: marked.arn, version: '1' },
    ]);
  });

  describe('where Production wants a person', () => {
    const manual = new Set(['Production']);
    const waited = { mlflow_mlops_approval: 'manual' };
    const produced = modelVersion({ stage: 'Production' });
    const both = modelVersion({ stage: 'Production', aliases: ['staging'] });
    const made = (version: ModelVersion, number: number, over: Partial<ModelPackage> = {}) => {
      const one = packageOf(version, number, over);
      return { ...one, metadata: { ...one.metadata, ...waited } };
    };
    const isCurrent: PlanInput['isCurrent'] = (version, one) =>
      one.image === 'image' && canSpeakFor(version, one, manual);
    const planned = (version: ModelVersion, ...packages: ModelPackage[]) =>
      plan(input({ manual, isCurrent, versions: [version], packages }));

    test('a version that is promoted there gets another package; the one of Staging stays until that is approved', () => {
      const before = packageOf(staged);
      expect(planned(both, before)).toEqual({
        ...EMPTY,
        create: [{ version: '1' }],
        update: [{ packageArn: before.arn, version: '1' }],
      });
      const waiting = made(both, 2, { approvalStatus: 'PendingManualApproval' });
      expect(planned(both, before, waiting)).toEqual({
        ...EMPTY,
        keep: [waiting.arn],
        update: [{ packageArn: before.arn, version: '1' }],
      });
      expect(planned(both, before, made(both, 2))).toMatchObject({
        keep: [waiting.arn],
        update: [{ packageArn: before.arn, version: '1', supersede: true }],
      });
    });

    test('what was approved stays while other bytes wait, and also when these are rejected', () => {
      const approved = made(produced, 1, { image: 'older' });
      expect(planned(produced, approved)).toEqual({ ...EMPTY, create: [{ version: '1' }], keep: [approved.arn] });
      for (const approvalStatus of ['PendingManualApproval', 'Rejected'] as const) {
        const other = made(produced, 2, { approvalStatus });
        expect(planned(produced, approved, other)).toEqual({ ...EMPTY, keep: [approved.arn, other.arn] });
      }
    });

    test('of several that wait the oldest is replaced, the others go, and what was approved stays', () => {
      const approved = made(produced, 1, { image: 'older' });
      const waiting = (number: number) =>
        made(produced, number, { image: 'old', approvalStatus: 'PendingManualApproval' });
      expect(planned(produced, approved, waiting(2), waiting(3))).toMatchObject({
        create: [{ version: '1', replaces: waiting(2).arn }],
        keep: [approved.arn],
        delete: [{ packageArn: waiting(3).arn }],
      });
    });
  });

  test('after a plan was carried out, the next one is empty', () => {
    const version = fc.record({
      version: fc.integer({ min: 1, max: 6 }).map(String),
      stage: fc.constantFrom('None', 'Staging', 'Production', 'Archived'),
      aliases: fc.subarray(['staging', 'production', 'champion']),
      creationTimestamp: fc.constantFrom(1, 2),
      runId: fc.constantFrom('', 'r1', 'r2'),
      description: fc.constantFrom('', 'text'),
    });
    const versions = fc.uniqueArray(version, { selector: (one) => one.version }).map((all) => all.map(modelVersion));
    fc.assert(
      fc.property(versions, versions, fc.array(fc.boolean()), (before, after, outdated) => {
        const packages = before.map((one, index) =>
          packageOf(one, index + 1, outdated[index] ? { image: 'older' } : {}),
        );
        const first = input({ versions: after, packages });
        const second = { ...first, packages: carryOut(plan(first), first) };
        expect(plan(second)).toMatchObject({ create: [], update: [], delete: [], gone: [] });
      }),
    );
  });
});

/** What SageMaker's registry holds after a plan. */
function carryOut(
  { create, update, delete: deletions, gone: absent }: Plan,
  { packages, versions, manual }: PlanInput,
): ModelPackage[] {
  const gone = new Set([
    ...[...deletions, ...absent].map(({ packageArn }) => packageArn),
    ...create.flatMap(({ replaces }) => replaces ?? []),
  ]);
  const find = (number: string | undefined) => versions.find(({ version }) => version === number) ?? modelVersion();
  const kept = packages
    .filter(({ arn }) => !gone.has(arn))
    .map((one) => {
      const action = update.find(({ packageArn }) => packageArn === one.arn);
      if (action === undefined) {
        return one;
      }
      const wanted = action.supersede
        ? metadataChange(superseded(0), one.metadata)
        : liveChange(find(action.version), undefined, one.metadata, manual);
      const change = wanted ?? { set: {}, remove: [] };
      const metadata = Object.fromEntries(
        Object.entries({ ...one.metadata, ...change.set }).filter(([key]) => !change.remove.includes(key)),
      );
      return { ...one, metadata };
    });
  return [...kept, ...create.map(({ version }, index) => packageOf(find(version), 100 + index))];
}
