import { MODEL_MISSING_MS } from '../../lambda/shared/brake';
import { RefusedError } from '../../lambda/shared/errors';
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
    tried('deletion-protection', 2);
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
  tried('deletion-protection', 1);
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
  tried('deletion-protection', 1);
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
  tried('deletion-protection', 1);
});

test('a model that the registry suddenly does not know keeps its packages for three days, and longer when it comes back', async () => {
  const { world, names } = await inOrder(3, 1);
  const kept = world.mlflow.models.get('model-0');
  world.mlflow.deleteModel('model-0');
  for (const input of [{}, { modelName: 'model-0' }, {}]) {
    expect(await world.sync(input)).toMatchObject({ status: 'FAILED' });
    expect(owned(world, names)).toBe(3);
  }
  // That it is held is no failure: whoever waits for failures is told of them only.
  const ended = [...world.executions.values()].filter(({ status }) => status === 'FAILED');
  expect(ended.filter(({ error }) => error !== 'SyncHeld')).toEqual([]);
  expect(ended.some(({ cause }) => cause?.includes('does not know the model model-0 any more'))).toBe(true);
  expect(ended.some(({ cause }) => /^1 of 1 models .* keep packages/.test(cause ?? ''))).toBe(true);

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
  tried('deletion-protection', 1);
});

test('what is held as a sum is not carried out bit by bit: not by syncs of single models, nor where some cannot be read', async () => {
  const { world, names } = await inOrder(8, 1);
  const lost = names.slice(0, 6);
  for (const name of lost) {
    world.mlflow.deleteVersion(name, '1');
  }
  expect(await world.sync({})).toMatchObject({ error: 'SyncHeld' });
  for (const modelName of lost) {
    // The registry has news of it, so that a delivery comes.
    world.mlflow.transition(modelName, world.mlflow.register(modelName), 'Production');
    expect(await world.sync({ modelName })).toMatchObject({ status: 'SUCCEEDED' });
  }
  expect(owned(world, names)).toBe(8 + 6);
  // Five of the six fail in the next one: the sixth by itself would be few enough.
  world.outside.refuse = ({ what, input }) => {
    if (what === 'registry.getVersion' && lost.slice(1).includes((input as string[])[0] ?? '')) {
      throw new RefusedError('not now');
    }
  };
  expect(await world.sync({})).toMatchObject({ error: 'SyncHeld' });
  world.outside.refuse = () => undefined;
  expect(owned(world, names)).toBe(8 + 6);
  expect(await world.sync({ confirmDeletions: true })).toMatchObject({ status: 'SUCCEEDED' });
  expect(owned(world, names)).toBe(2 + 6);
  expect(await comeToRest(world)).toEqual([]);
  tried('deletion-protection', 1);
});

test('what a sync of all lets go is as much as it weighed', async () => {
  const { world, names } = await inOrder(1, 20);
  world.mlflow.deleteVersion('model-0', '1');
  // Once it is weighed the registry loses all the rest, or its user the right to see it.
  world.outside.refuse = ({ what, input }) => {
    if (what === 's3.PutObject' && (input as { Key: string }).Key.endsWith('/deletions.json')) {
      world.mlflow.versionsOf('model-0').forEach(({ version }) => void world.mlflow.deleteVersion('model-0', version));
    }
  };
  await world.sync({});
  expect(owned(world, names)).toBe(20);
  expect(await world.sync({})).toMatchObject({ error: 'SyncHeld' });
  expect(owned(world, names)).toBe(20);
  tried('deletion-protection', 1);
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
  tried('deletion-protection', 1);
});
