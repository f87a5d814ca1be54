import fc from 'fast-check';
import type { BuildResult } from '../../lambda/environments/environment-files';
import { sized, tried } from '../../trust/sizes';
import { EnvironmentWorld } from '../support/environment-world';

const LIVES = sized(200, 20_000);
const PROMPT = sized(100, 10_000);

/** Three models of one environment and one of another. */
const ENVIRONMENTS = { churn: 'e1', fraud: 'e1', ranker: 'e1', price: 'e2' } as const;
const MODELS = Object.keys(ENVIRONMENTS);

const READY: BuildResult = { state: 'ready' };
const RESULTS: readonly (BuildResult | undefined)[] = [
  READY,
  {
    state: 'failed',
    cause: 'requirements',
    reason: 'there is no version of torch==2.4.0+cu118',
    fix: 'name its index',
  },
  { state: 'failed', cause: 'import', reason: 'libgomp.so.1 is missing', fix: '' },
  { state: 'failed', cause: 'passing', reason: 'connection reset', fix: '' },
  undefined,
];

type Event =
  | { readonly kind: 'sync'; readonly model: number; readonly retry: boolean }
  | { readonly kind: 'turns'; readonly turns: number }
  | { readonly kind: 'end'; readonly build: number; readonly result: number; readonly lost: boolean }
  | { readonly kind: 'minutes'; readonly minutes: number }
  | { readonly kind: 'kill'; readonly calls: number; readonly when: 'before' | 'after'; readonly all: boolean }
  | { readonly kind: 'limit' }
  | { readonly kind: 'deleteImage'; readonly digest: string };

const sync = (retry: fc.Arbitrary<boolean>) =>
  fc.record({ kind: fc.constant('sync' as const), model: fc.nat(MODELS.length - 1), retry });
const turns = fc.record({ kind: fc.constant('turns' as const), turns: fc.integer({ min: 1, max: 15 }) });
const end = (results: number, lost: fc.Arbitrary<boolean>) =>
  fc.record({ kind: fc.constant('end' as const), build: fc.nat(3), result: fc.nat(results - 1), lost });

const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: sync(fc.boolean()) },
  { weight: 6, arbitrary: turns },
  { weight: 4, arbitrary: end(RESULTS.length, fc.boolean()) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('minutes' as const), minutes: fc.constantFrom(1, 4, 6, 11, 65, 1441) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('kill' as const),
      calls: fc.integer({ min: 1, max: 8 }),
      when: fc.constantFrom('before' as const, 'after' as const),
      all: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'limit' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('deleteImage' as const), digest: fc.constantFrom('e1', 'e2') }),
  },
);

/** Nothing is lost, nobody dies, and every build succeeds. */
const promptEvent: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: sync(fc.constant(false)) },
  { weight: 3, arbitrary: turns },
  { weight: 1, arbitrary: end(1, fc.constant(false)) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('minutes' as const), minutes: fc.constantFrom(1, 2) }) },
);

function happen(world: EnvironmentWorld, event: Event): Promise<void> | void {
  switch (event.kind) {
    case 'sync':
      return world.sync(MODELS[event.model] ?? '', event.retry);
    case 'turns':
      return world.give(event.turns);
    case 'end': {
      const { running } = world;
      const build = running[event.build % Math.max(1, running.length)];
      return build === undefined ? undefined : world.end(build, RESULTS[event.result], event.lost);
    }
    case 'minutes':
      return world.pass(event.minutes);
    case 'kill':
      world.outside.kill = { at: world.outside.calls.length + event.calls, when: event.when };
      world.everythingDies = event.all;
      return;
    case 'limit':
      world.refusals += 1;
      return;
    case 'deleteImage':
      world.images.delete(event.digest);
  }
}

/** The hours after: builds succeed from now on, their events are lost, and the schedule syncs what has no package. */
async function comeToRest(world: EnvironmentWorld): Promise<void> {
  await world.give();
  world.outside.kill = undefined;
  world.everythingDies = false;
  world.refusals = 0;
  for (let hour = 0; hour < 30; hour++) {
    for (const model of world.models.filter((one) => !world.packages.has(one))) {
      world.sync(model);
    }
    await world.give();
    for (const build of world.running) {
      world.end(build, READY, true);
    }
    await world.pass(60);
  }
}

test('an environment has one build at a time, failed builds are not repeated, and each model has its package in the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent, { minLength: 5, maxLength: 40 }), fc.nat(), async (events, seed) => {
      const world = new EnvironmentWorld(ENVIRONMENTS, seed);
      // Processes can die only where they are told from each other.
      world.outside.kill = { at: Number.POSITIVE_INFINITY, when: 'before' };
      for (const event of events) {
        await happen(world, event);
      }
      await comeToRest(world);
      expect([world.faults, [...world.packages].sort()]).toEqual([[], [...MODELS].sort()]);
    }),
    { numRuns: LIVES },
  );
  tried('environments', LIVES);
}, 3_600_000);

test('the end of a build syncs every model that waits for it, without the schedule', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(promptEvent, { minLength: 5, maxLength: 40 }), fc.nat(), async (events, seed) => {
      const world = new EnvironmentWorld(ENVIRONMENTS, seed);
      for (const event of events) {
        await happen(world, event);
      }
      await world.give();
      const asked = new Set([...world.waited.keys(), ...world.packages]);
      for (const build of world.running) {
        world.end(build, READY, false);
      }
      await world.give();
      expect([world.faults, [...world.packages].sort()]).toEqual([[], [...asked].sort()]);
      // One build for each environment that was asked for.
      expect(world.builds.length).toBe(new Set([...asked].map((one) => ENVIRONMENTS[one as 'churn'])).size);
    }),
    { numRuns: PROMPT },
  );
  tried('environments', PROMPT);
}, 3_600_000);
