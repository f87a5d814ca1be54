import fc from 'fast-check';
import { sized, tried } from '../../trust/sizes';
import { definitionOf } from '../support/state-machine';
import { synthesize } from '../support/synth';
import { makeWorlds } from '../support/world/functions';
import { anyEvent, comeToRest, happen, MODELS, promotingEvent } from '../support/world/life';
import { faultsOf, foreignPackages } from '../support/world/oracle';
import type { Machine } from '../support/world/state-machine';
import { World } from '../support/world/world';

const SEQUENCES = sized(60, 10_000);
/** Beside those that have a hint for each change. */
const HINTED = sized(30, 2_000);
const FOREIGN = 12;

let machine: Machine;

beforeAll(() => {
  machine = JSON.parse(definitionOf(synthesize().modelSync).text);
  makeWorlds();
}, 60_000);

test('whatever happens in whatever order, the registries agree in the end, and one more sync writes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent, { minLength: 5, maxLength: 30 }), fc.nat(), async (events, seed) => {
      const world = new World(machine, seed);
      world.enrol(...MODELS);
      const foreign = foreignPackages(world, MODELS, FOREIGN);
      for (const event of events) {
        await happen(world, event);
      }
      expect(await comeToRest(world)).toEqual([]);
      expect(await faultsOf(world, foreign)).toEqual([]);
    }),
    { numRuns: SEQUENCES, interruptAfterTimeLimit: 60 * 60 * 1_000, markInterruptAsFailure: true },
  );
  tried('sequences', SEQUENCES);
}, 3_600_000);

test('every hint counts: where each change has one, nothing waits for the schedule, and nothing fails', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(promotingEvent, { minLength: 5, maxLength: 30 }), fc.nat(), async (events, seed) => {
      const world = new World(machine, seed);
      world.enrol(...MODELS);
      for (const event of events) {
        await happen(world, event);
      }
      await world.settle();
      expect(await faultsOf(world, [])).toEqual([]);
      expect([...world.executions.values()].filter(({ status }) => status !== 'SUCCEEDED')).toEqual([]);
    }),
    { numRuns: HINTED },
  );
  tried('sequences', HINTED);
}, 3_600_000);
