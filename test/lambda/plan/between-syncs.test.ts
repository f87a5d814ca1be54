import fc from 'fast-check';
import { PlanWorld } from '../../support/plan-world';
import { modelPackage, modelVersion } from '../../support/versions';

const ALL = Number.POSITIVE_INFINITY;

/** What can happen between two syncs, in a world where nobody changes a package's metadata but the sync. */
const event = (() => {
  const version = fc.record({
    version: fc.constantFrom('1', '2', '3'),
    stage: fc.constantFrom('None', 'Staging', 'Production', 'Archived'),
    aliases: fc.subarray(['staging', 'Production', 'champion']),
    status: fc.constantFrom('READY', 'READY', 'PENDING_REGISTRATION'),
    creationTimestamp: fc.constantFrom(1, 2),
    runId: fc.constantFrom('', 'run'),
    description: fc.constantFrom('', 'text', 'x'.repeat(300), `${'x'.repeat(300)}y`),
    tags: fc.dictionary(
      fc.constantFrom('team', 'sagemaker_deploy_image', 'sagemaker_deploy_flavor'),
      fc.constantFrom('', 'a', 'b', 'l'.repeat(256), 'l'.repeat(257), 'l'.repeat(258), 'ü'.repeat(200)),
    ),
  });
  const index = fc.nat({ max: 3 });
  return fc.oneof(
    version.map((over) => (world: PlanWorld) => {
      const others = world.versions.filter((one) => one.version !== over.version);
      world.versions = [...others, modelVersion(over)];
    }),
    index.map((at) => (world: PlanWorld) => void world.versions.splice(at, 1)),
    fc.tuple(index, fc.constantFrom('one', 'two', '')).map(([at, description]) => (world: PlanWorld) => {
      world.versions = world.versions.map((one, position) => (position === at ? { ...one, description } : one));
    }),
    index.map((ago) => (world: PlanWorld) => {
      world.versions = [...(world.history.at(-1 - ago) ?? [])];
    }),
    index.map((at) => (world: PlanWorld) => void world.packages.splice(at, 1)),
    index.map((at) => (world: PlanWorld) => {
      world.packages = world.packages.map((one, position) => (position === at ? { ...one, status: 'Failed' } : one));
    }),
    index.map((at) => (world: PlanWorld) => {
      // A group that was deleted and made again: the same ARN, with what somebody else put there.
      world.packages = world.packages.map((one, position) =>
        position === at ? { ...one, creationTime: one.creationTime + 1_000, metadata: {} } : one,
      );
    }),
    index.map((at) => (world: PlanWorld) => {
      const of = world.versions[at];
      world.add(of === undefined ? modelPackage(900 + world.packages.length, {}) : world.packageOf(of));
    }),
    fc.constantFrom('one', 'two').map((revision) => (world: PlanWorld) => void Object.assign(world, { revision })),
    fc.boolean().map((enrolled) => (world: PlanWorld) => void Object.assign(world, { enrolled })),
    fc
      .constantFrom({}, { sklearn: 'mine' }, { sklearn: 'other' })
      .map((overrides) => (world: PlanWorld) => void Object.assign(world, { overrides })),
  );
})();

test('whatever happens between syncs, also such as end halfway, only a model with nothing to do is not looked into', async () => {
  let skipped = 0;
  const turn = fc.record({ events: fc.array(event, { maxLength: 2 }), actions: fc.constantFrom(0, 1, ALL, ALL, ALL) });
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 2, maxLength: 12 }), async (turns) => {
      const world = new PlanWorld();
      for (const { events, actions } of turns) {
        for (const happen of events) {
          happen(world);
        }
        const full = world.fullPlan();
        const planned = await world.plan();
        if (!planned.looked) {
          skipped += 1;
          expect(full).toMatchObject({ create: [], update: [], delete: [] });
          expect(planned.kept).toBe(full.keep.length);
        }
        world.carryOut(planned, actions);
      }
    }),
    { numRuns: 2_000 },
  );
  expect(skipped).toBeGreaterThan(500);
});
