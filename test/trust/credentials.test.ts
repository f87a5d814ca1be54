import { RefusedError, TransientError } from '../../lambda/shared/errors';
import { groupNameOf } from '../../lambda/shared/names/group-name';
import { tried } from '../../trust/sizes';
import { definitionOf } from '../support/state-machine';
import { synthesize } from '../support/synth';
import { makeWorlds } from '../support/world/functions';
import { comeToRest } from '../support/world/life';
import { faultsOf, ownedIn } from '../support/world/oracle';
import type { Machine } from '../support/world/state-machine';
import { World } from '../support/world/world';

const NAMES = ['churn', 'ranker', 'forecast'];
// A busy machine takes its time.
jest.setTimeout(120_000);

let machine: Machine;

beforeAll(() => {
  machine = JSON.parse(definitionOf(synthesize().modelSync).text);
  makeWorlds();
}, 60_000);

async function inOrder(): Promise<World> {
  const world = new World(machine, 1);
  world.enrol(...NAMES);
  for (const name of NAMES) {
    for (const stage of ['Staging', 'Production']) {
      world.mlflow.transition(name, world.mlflow.register(name), stage);
    }
  }
  await world.sync({});
  await world.sync({});
  expect(await faultsOf(world, [])).toEqual([]);
  return world;
}

/** What the registry's answer is like, made to happen in a world; and how it is mended. */
interface Lack {
  readonly what: string;
  readonly begin: (world: World) => void;
}

const refuse = (error: Error, matches: (what: string, input: unknown) => boolean) => (world: World) => {
  world.outside.refuse = ({ what, input }) => {
    if (what.startsWith('registry.') && matches(what, input)) {
      throw error;
    }
  };
};

/** The registry shows only some of what it has, and says of the rest that it is not there. */
const showing = (filter: (world: World) => void) => (world: World) => {
  world.mlflow.freeze();
  filter(world);
};

const LACKS: readonly Lack[] = [
  { what: 'the token has expired', begin: refuse(new RefusedError('refused the credentials (401)'), () => true) },
  { what: 'the registry is down', begin: refuse(new TransientError('503'), () => true) },
  {
    what: 'one model may not be read',
    begin: refuse(new RefusedError('403'), (_what, input) => JSON.stringify(input ?? '').includes('churn')),
  },
  {
    what: 'versions may not be asked for',
    begin: refuse(new RefusedError('403'), (what) => what.endsWith('getVersion')),
  },
  { what: 'the registry has no models', begin: showing(({ mlflow }) => void mlflow.stale?.clear()) },
  {
    what: 'the registry has other models only',
    begin: showing(({ mlflow }) => {
      mlflow.stale?.clear();
      mlflow.stale?.set('other', { creationTimestamp: 1, aliases: new Map(), versions: new Map(), made: 0 });
    }),
  },
  { what: 'the registry leaves a model out', begin: showing(({ mlflow }) => void mlflow.stale?.delete('churn')) },
  {
    what: 'the registry leaves all versions out',
    begin: showing(({ mlflow }) => {
      for (const model of mlflow.stale?.values() ?? []) {
        model.versions.clear();
      }
    }),
  },
];

test.each(LACKS)('$what: nothing is deleted, it is told of, and all goes on once it is mended', async ({ begin }) => {
  const world = await inOrder();
  // Something else changed meanwhile, so that everybody looks.
  for (const name of NAMES) {
    world.mlflow.change(name, '1', { description: 'changed' });
  }
  begin(world);
  for (const input of [{}, { verify: true }]) {
    const ended = await world.sync(input);
    // Failed or blocked: in any case somebody is told.
    expect((ended.output as { outcome?: string } | undefined)?.outcome).not.toBe('synced');
    expect(NAMES.map((name) => ownedIn(world, groupNameOf(name)).length)).toEqual([2, 2, 2]);
    expect(world.bucket.objects.size).toBeGreaterThanOrEqual(6);
    world.pass(60 * 60 * 1_000);
  }
  world.outside.refuse = () => undefined;
  world.mlflow.stale = undefined;
  expect(await world.sync({})).toMatchObject({ status: 'SUCCEEDED' });
  expect(await comeToRest(world)).toEqual([]);
  expect(await faultsOf(world, [])).toEqual([]);
  tried('credentials', 1);
});
