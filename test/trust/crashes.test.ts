import { sized, tried } from '../../trust/sizes';
import { definitionOf } from '../support/state-machine';
import { synthesize } from '../support/synth';
import { makeWorlds } from '../support/world/functions';
import { comeToRest, MODELS } from '../support/world/life';
import { faultsOf, foreignPackages, untold } from '../support/world/oracle';
import type { Call, Kill } from '../support/world/outside';
import type { StoredPackage } from '../support/world/sagemaker';
import type { Machine } from '../support/world/state-machine';
import { World } from '../support/world/world';

const [FIRST, SECOND] = MODELS;
/** Of the reference run's calls each is a place to die, or each of these. */
const EVERY = sized(12, 1);

// A busy machine takes its time.
jest.setTimeout(sized(120_000, 3_600_000));

let machine: Machine;

beforeAll(() => {
  machine = JSON.parse(definitionOf(synthesize().modelSync).text);
  makeWorlds();
}, 60_000);

/** Two models in order, and then changed in every way that a sync has to act upon. */
async function changedWorld(): Promise<{ world: World; foreign: StoredPackage[] }> {
  const world = new World(machine, 7);
  const { mlflow } = world;
  world.enrol(FIRST, SECOND);
  const foreign = foreignPackages(world, MODELS, 12);
  for (const name of [FIRST, SECOND]) {
    for (const stage of ['Staging', 'Production', 'Production']) {
      mlflow.transition(name, mlflow.register(name), stage);
    }
  }
  await world.sync({});
  await world.sync({});
  for (const name of [FIRST, SECOND]) {
    mlflow.transition(name, mlflow.register(name), 'Staging');
    mlflow.transition(name, '1', 'Archived');
    mlflow.change(name, '2', { description: 'changed' });
  }
  // Its package is replaced, and another version is gone.
  mlflow.change(FIRST, '3', { tags: { sagemaker_deploy_flavor: 'sklearn' } });
  mlflow.deleteVersion(SECOND, '3');
  return { world, foreign };
}

/** The calls of the reference run: what a sync of both models calls when nobody dies. */
async function referenceCalls(): Promise<readonly Call[]> {
  const { world } = await changedWorld();
  const before = world.outside.calls.length;
  expect(await world.sync({})).toMatchObject({ status: 'SUCCEEDED' });
  return world.outside.calls.slice(before);
}

test.each<[string, Kill['when'], boolean]>([
  ['a function dies before a call', 'before', false],
  ['a function dies after a call, before it hears of it', 'after', false],
  ['everything dies before a call', 'before', true],
  ['everything dies after a call', 'after', true],
])(
  '%s, at any call: the next sync of all puts everything right',
  async (_what, when, everything) => {
    const reference = await referenceCalls();
    const writes = reference.map(({ what }) => what);
    expect(writes).toEqual(
      expect.arrayContaining([
        'sagemaker.CreateModelPackage',
        'sagemaker.UpdateModelPackage',
        'sagemaker.DeleteModelPackage',
        's3.CompleteMultipartUpload',
      ]),
    );
    const places = reference.filter((_call, index) => index % EVERY === 0);
    for (const { number, what } of places) {
      const { world, foreign } = await changedWorld();
      world.outside.kill = { at: number, when };
      world.outside.onKill = () => {
        for (const name of everything ? world.executions.keys() : []) {
          world.stop(name);
        }
      };
      world.start({});
      await world.settle();
      world.outside.kill = undefined;
      const last = await comeToRest(world);
      expect([what, number, last, await faultsOf(world, foreign)]).toEqual([what, number, [], []]);
    }
    tried('crashes', places.length);
  },
  1_800_000,
);

/** Two models that a sync has changed, of which it could tell nobody: the bus took no event. */
async function untoldWorld(): Promise<World> {
  const { world } = await changedWorld();
  await withoutEvents(world, async () => {
    expect(await world.sync({})).toMatchObject({ status: 'FAILED', error: 'SyncFailed' });
  });
  expect(untold(world)).toHaveLength(2);
  return world;
}

/** Does something while the bus takes no event. */
async function withoutEvents(world: World, work: () => Promise<void>): Promise<void> {
  world.outside.refuse = ({ what }) => {
    if (what === 'events.PutEvents') {
      throw Object.assign(new Error('try later'), { name: 'EventBridge.InternalException' });
    }
  };
  await work();
  world.outside.refuse = () => undefined;
}

test('what nobody could be told of is told by the next sync of all, also where the last one found nothing else to do', async () => {
  const world = await untoldWorld();
  for (let hours = 0; hours < 2; hours++) {
    await withoutEvents(world, async () => {
      expect(await world.sync({})).toMatchObject({ status: 'FAILED', error: 'SyncFailed' });
    });
    expect(untold(world)).toHaveLength(2);
  }
  expect(await world.sync({})).toMatchObject({ status: 'SUCCEEDED' });
  expect(untold(world)).toEqual([]);
  expect(await comeToRest(world)).toEqual([]);
  tried('crashes', 1);
});

test('a model that cannot be let go, or swept, is looked at again by the next sync of all', async () => {
  for (const refused of ['dynamodb.Delete', 's3.ListMultipartUploads']) {
    const { world } = await changedWorld();
    await world.sync({});
    world.outside.refuse = ({ what }) => {
      if (what === refused) {
        throw new Error('no');
      }
    };
    expect(await world.sync({})).toMatchObject({ status: 'FAILED', error: 'SyncFailed' });
    world.outside.refuse = () => undefined;
    const before = world.outside.calls.length;
    expect(await world.sync({})).toMatchObject({ status: 'SUCCEEDED' });
    const called = world.outside.calls.slice(before).map(({ what }) => what);
    expect([refused, called.filter((what) => what === 's3.ListMultipartUploads').length]).toEqual([refused, 2]);
    expect(untold(world)).toEqual([]);
  }
  tried('crashes', 2);
});

test('wherever a sync is stopped that finds nothing to do, the next one of all tells of the model', async () => {
  const reference = await untoldWorld();
  const first = reference.outside.calls.length;
  expect(await reference.sync({})).toMatchObject({ status: 'SUCCEEDED' });
  const places = reference.outside.calls.slice(first).filter((_call, index) => index % EVERY === 0);
  for (const { number, what } of places) {
    const world = await untoldWorld();
    world.outside.kill = { at: number, when: 'after' };
    world.outside.onKill = () => {
      for (const name of world.executions.keys()) {
        world.stop(name);
      }
    };
    world.start({});
    await world.settle();
    world.outside.kill = undefined;
    expect([what, number, await comeToRest(world)]).toEqual([what, number, []]);
  }
  tried('crashes', places.length);
}, 1_800_000);

test('a registry that answers from a stale copy for some rounds is followed once it has caught up', async () => {
  const { world, foreign } = await changedWorld();
  world.mlflow.freeze();
  for (let round = 0; round < 3; round++) {
    world.mlflow.transition(FIRST, world.mlflow.register(FIRST), 'Production');
    world.mlflow.transition(SECOND, '2', round % 2 === 0 ? 'Archived' : 'Staging');
    world.start({ modelName: FIRST });
    await world.sync({});
  }
  expect(await comeToRest(world)).toEqual([]);
  expect(await faultsOf(world, foreign)).toEqual([]);
  tried('crashes', 3);
});

test('when no hint arrives at all, one scheduled sync is enough', async () => {
  const { world, foreign } = await changedWorld();
  expect(await world.sync({ confirmDeletions: true })).toMatchObject({ status: 'SUCCEEDED' });
  expect(await faultsOf(world, foreign)).toEqual([]);
  tried('crashes', 1);
});
