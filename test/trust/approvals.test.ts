import fc from 'fast-check';
import { environmentsOf } from '../../lambda/shared/environments';
import { supersededAt } from '../../lambda/shared/packages/superseded';
import { deployableSet } from '../../product-template/lib/deployable/deployable';
import { sized, tried } from '../../trust/sizes';
import { OWNER } from '../support/owner';
import { PlanWorld } from '../support/plan-world';
import { modelVersion } from '../support/versions';

const CASES = sized(600, 60_000);
const ENVIRONMENTS = ['Staging', 'Production'];
const NUMBERS = ['1', '2'];

type Step = (world: ApprovalWorld) => void | Promise<void>;

/** A model whose packages people approve, and who did what to it. */
class ApprovalWorld extends PlanWorld {
  /** Packages that a person approved, by ARN. */
  private readonly approved = new Set<string>();
  /** Packages and environments that were together while nobody was asked for the environment. */
  private readonly unasked = new Set<string>();

  constructor() {
    super();
    this.versions = NUMBERS.map((version) => modelVersion({ version }));
  }

  /** A person's decision on one of the packages there are. */
  decide(choice: number, approvalStatus: 'Approved' | 'Rejected' | 'PendingManualApproval'): void {
    const chosen = this.packages[choice % Math.max(1, this.packages.length)]?.arn;
    this.packages = this.packages.map((one) => (one.arn === chosen ? { ...one, approvalStatus } : one));
    if (chosen !== undefined && approvalStatus === 'Approved') {
      this.approved.add(chosen);
    }
  }

  /** What the model's pipeline deploys. */
  deployed() {
    return deployableSet(
      this.packages.map((one) => ({ ...one, approval: one.approvalStatus })),
      OWNER,
    );
  }

  /** What is deployed although a person should have been asked, and was not. */
  unapproved(): string[] {
    for (const { arn, metadata, approvalStatus } of this.packages) {
      for (const name of (metadata.mlflow_environments ?? '').split(' ')) {
        if (approvalStatus === 'Approved' && !this.manual.has(name)) {
          this.unasked.add(`${name} ${arn}`);
        }
      }
    }
    return this.deployed()
      .filter(({ environment }) => this.manual.has(environment))
      .filter(({ packageArn }) => !this.approved.has(packageArn))
      .map(({ environment, packageArn }) => `${environment} ${packageArn}`)
      .filter((one) => !this.unasked.has(one));
  }

  /** Environments and versions that are deployed and should be. */
  served(): string[] {
    const promoted = new Map(this.versions.map((one) => [one.version, environmentsOf(one).map(({ name }) => name)]));
    return this.deployed()
      .filter(({ environment, version }) => promoted.get(version)?.includes(environment))
      .map(({ environment, version }) => `${environment} ${version}`);
  }
}

const number = fc.constantFrom(...NUMBERS);
const promote = fc.record({
  version: number,
  stage: fc.constantFrom('None', 'Staging', 'Production', 'Archived'),
  aliases: fc.subarray(['staging', 'production']),
});
const promoted = promote.map(
  ({ version, ...over }): Step =>
    (world) => {
      world.versions = world.versions.map((one) => (one.version === version ? { ...one, ...over } : one));
    },
);
const repacked = fc.constantFrom('one', 'two').map(
  (revision): Step =>
    (world) => {
      world.revision = revision;
    },
);
const decided = fc
  .tuple(fc.nat(9), fc.constantFrom('Approved' as const, 'Rejected' as const, 'PendingManualApproval' as const))
  .map(
    ([choice, status]): Step =>
      (world) =>
        world.decide(choice, status),
  );
const asked = fc.subarray(ENVIRONMENTS).map(
  (names): Step =>
    (world) => {
      world.manual = new Set(names);
    },
);
/** A sync, perhaps one that ends early, or in the middle of which something happens. */
const synced = fc
  .tuple(fc.option(fc.nat(4), { nil: undefined }), fc.option(fc.oneof(promoted, decided, repacked), { nil: undefined }))
  .map(
    ([actions, meanwhile]): Step =>
      async (world) => {
        const planned = await world.plan();
        await meanwhile?.(world);
        world.carryOut(planned, actions);
      },
  );
const steps = fc.array(
  fc.oneof(
    { arbitrary: synced, weight: 4 },
    { arbitrary: promoted, weight: 3 },
    { arbitrary: decided, weight: 2 },
    { arbitrary: repacked, weight: 1 },
    { arbitrary: asked, weight: 1 },
  ),
  { maxLength: 30 },
);

async function settle(world: ApprovalWorld): Promise<void> {
  for (let syncs = 0; syncs < 6; syncs++) {
    const planned = await world.plan();
    if (planned.create.length + planned.update.length + planned.delete.length === 0) {
      return;
    }
    world.carryOut(planned);
  }
  throw new Error('does not come to rest');
}

test('nothing gets into an environment that wants a person but what a person approved, whatever happens when', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const world = new ApprovalWorld();
      for (const step of all) {
        await step(world);
        expect(world.unapproved()).toEqual([]);
      }
      await settle(world);
      expect(world.unapproved()).toEqual([]);
    }),
    { numRuns: CASES },
  );
  tried('approvals', CASES);
}, 1_800_000);

test('while other bytes wait, what is deployed stays deployed; once all is approved, all is deployed', async () => {
  await fc.assert(
    fc.asyncProperty(steps, repacked, async (all, repack) => {
      const world = new ApprovalWorld();
      for (const step of all) {
        await step(world);
      }
      await settle(world);
      const before = world.served();
      await repack(world);
      await settle(world);
      expect(world.served()).toEqual(expect.arrayContaining(before));

      const count = world.packages.length;
      for (let choice = 0; choice < count; choice++) {
        world.decide(choice, 'Approved');
      }
      await settle(world);
      const wanted = world.versions.flatMap((one) => environmentsOf(one).map(({ name }) => `${name} ${one.version}`));
      expect(world.served().sort()).toEqual(wanted.sort());
      const standing = world.packages.filter(({ metadata }) => supersededAt(metadata) === undefined);
      expect(standing).toHaveLength(new Set(wanted.map((one) => one.split(' ')[1])).size);
    }),
    { numRuns: CASES },
  );
  tried('approvals', CASES);
}, 1_800_000);
