import { sized, tried } from '../../trust/sizes';
import { definitionOf } from '../support/state-machine';
import { synthesize } from '../support/synth';
import { makeWorlds } from '../support/world/functions';
import { comeToRest, MODELS } from '../support/world/life';
import { faultsOf, foreignPackages } from '../support/world/oracle';
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
  expect(await world.sync({})).toMatchObject({ status: 'SUCCEEDED' });
  expect(await faultsOf(world, foreign)).toEqual([]);
  tried('crashes', 1);
});
