import { MODEL_MISSING_MS } from '../../lambda/shared/brake';
import { groupNameOf } from '../../lambda/shared/names/group-name';
import { tried } from '../../trust/sizes';
import { definitionOf } from '../support/state-machine';
import { synthesize } from '../support/synth';
import { makeWorlds } from '../support/world/functions';
import { comeToRest } from '../support/world/life';
import { faultsOf, ownedIn } from '../support/world/oracle';
import type { Machine } from '../support/world/state-machine';
import { World } from '../support/world/world';

// A busy machine takes its time.
jest.setTimeout(120_000);

let machine: Machine;
let seeds = 0;

beforeAll(() => {
  machine = JSON.parse(definitionOf(synthesize().modelSync).text);
  makeWorlds();
}, 60_000);

/** Models with as many promoted versions each, in order. */
async function inOrder(models: number, versions: number): Promise<{ world: World; names: string[] }> {
  const world = new World(machine, ++seeds);
  const names = Array.from({ length: models }, (_, index) => `model-${index}`);
  world.enrol(...names);
  for (const name of names) {
    for (let version = 0; version < versions; version++) {
      world.mlflow.transition(name, world.mlflow.register(name), 'Staging');
    }
  }
  await world.sync({});
  await world.sync({});
  expect(await faultsOf(world, [])).toEqual([]);
  return { world, names };
}

function owned(world: World, names: readonly string[]): number {
  return names.reduce((sum, name) => sum + ownedIn(world, groupNameOf(name)).length, 0);
}

test.each([
  [6, 1, 5],
  [20, 2, 8],
])(
  'of %d models with %d packages each, %d that are gone go in one sync of all, and one more is held whole',
  async (models, versions, most) => {
    for (const gone of [most, most + 1]) {
      const { world, names } = await inOrder(models, versions);
      for (const name of names.slice(0, gone)) {
        world.mlflow.deleteVersion(name, '1');
      }
      const before = owned(world, names);
      const ended = await world.sync({});
      if (gone === most) {
        expect(ended).toMatchObject({ status: 'SUCCEEDED' });
        expect(owned(world, names)).toBe(before - gone);
      } else {
        expect(ended).toMatchObject({ status: 'FAILED', error: 'SyncHeld' });
        expect(owned(world, names)).toBe(before);
        // Asked again, it is held again; and then somebody says so.
        expect(await world.sync({})).toMatchObject({ error: 'SyncHeld' });
        expect(await world.sync({ confirmDeletions: true })).toMatchObject({ status: 'SUCCEEDED' });
        expect(owned(world, names)).toBe(before - gone);
      }
      expect(await comeToRest(world)).toEqual([]);
      expect(await faultsOf(world, [])).toEqual([]);
    }
    tried('brake', 2);
  },
);

test('what else there is to do is done although deletions are held', async () => {
  const { world, names } = await inOrder(8, 1);
  for (const name of names.slice(0, 6)) {
    world.mlflow.deleteVersion(name, '1');
    world.mlflow.transition(name, world.mlflow.register(name), 'Production');
  }
  expect(await world.sync({})).toMatchObject({ error: 'SyncHeld' });
  expect(owned(world, names)).toBe(8 + 6);
  tried('brake', 1);
});

test.each([
  [6, { status: 'FAILED', error: 'SyncHeld' }],
  [5, { status: 'SUCCEEDED' }],
])('of one model by itself %d packages of 20: %j', async (gone, outcome) => {
  const { world, names } = await inOrder(1, 20);
  for (let version = 1; version <= gone; version++) {
    world.mlflow.deleteVersion('model-0', String(version));
  }
  expect(await world.sync({ modelName: 'model-0' })).toMatchObject(outcome);
  expect(owned(world, names)).toBe(gone === 5 ? 15 : 20);
  expect(await world.sync({ modelName: 'model-0', confirmDeletions: true })).toMatchObject({ status: 'SUCCEEDED' });
  expect(owned(world, names)).toBe(20 - gone);
  tried('brake', 1);
});

test('archiving is never held, however much of it', async () => {
  const { world, names } = await inOrder(12, 3);
  for (const name of names) {
    for (const version of ['1', '2', '3']) {
      world.mlflow.transition(name, version, 'Archived');
    }
  }
  expect(await world.sync({})).toMatchObject({ status: 'SUCCEEDED' });
  expect(owned(world, names)).toBe(0);
  tried('brake', 1);
});

test('a model that the registry suddenly does not know keeps its packages for three days, and longer when it comes back', async () => {
  const { world, names } = await inOrder(3, 1);
  const kept = world.mlflow.models.get('model-0');
  world.mlflow.deleteModel('model-0');
  for (const input of [{}, { modelName: 'model-0' }, {}]) {
    expect(await world.sync(input)).toMatchObject({ status: 'FAILED' });
    expect(owned(world, names)).toBe(3);
  }
  const held = [...world.executions.values()].filter(({ error }) => error === 'SyncHeld');
  expect(held.at(-1)?.cause).toContain('does not know the model model-0 any more');

  // It was a mistake of somebody's, and is mended: from then on the days count anew.
  world.pass(MODEL_MISSING_MS - 60_000);
  if (kept !== undefined) {
    world.mlflow.models.set('model-0', kept);
  }
  expect(await world.sync({})).toMatchObject({ status: 'SUCCEEDED' });
  expect(owned(world, names)).toBe(3);
  world.mlflow.deleteModel('model-0');
  expect(await world.sync({})).toMatchObject({ status: 'FAILED' });
  world.pass(MODEL_MISSING_MS - 60 * 60 * 1_000);
  expect(await world.sync({})).toMatchObject({ status: 'FAILED' });
  expect(owned(world, names)).toBe(3);
  world.pass(2 * 60 * 60 * 1_000);
  expect(await world.sync({})).toMatchObject({ status: 'SUCCEEDED' });
  expect(owned(world, names)).toBe(2);
  tried('brake', 1);
});

test("a person's word is for now: what is gone an hour later waits for another one", async () => {
  const { world, names } = await inOrder(7, 1);
  expect(await world.sync({ confirmDeletions: true })).toMatchObject({ status: 'SUCCEEDED' });
  for (const name of names.slice(0, 6)) {
    world.mlflow.deleteVersion(name, '1');
  }
  world.pass(60 * 60 * 1_000);
  expect(await world.sync({})).toMatchObject({ error: 'SyncHeld' });
  expect(owned(world, names)).toBe(7);
  tried('brake', 1);
});
