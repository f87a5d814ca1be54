import { INVOCATIONS_MAX } from '../../lambda/create/continuation';
import { UNUSED_SINCE } from '../../lambda/shared/packing/unused-mark';
import { GRACE_MS } from '../../lambda/sweep/unused';
import { definitionOf } from '../support/state-machine';
import { synthesize } from '../support/synth';
import { makeWorlds } from '../support/world/functions';
import type { Machine } from '../support/world/state-machine';
import { World } from '../support/world/world';

/*
 * What becomes of a model's archives, with the functions and the state machine in a simulation.
 */

let machine: Machine;

beforeAll(() => {
  machine = JSON.parse(definitionOf(synthesize().modelSync).text);
  makeWorlds();
}, 60_000);

/** A model with versions of one artifact, all of them promoted. */
function promoted(versions: number, seed: number): World {
  const world = new World(machine, seed);
  world.enrol('churn');
  for (let count = 0; count < versions; count++) {
    world.mlflow.transition('churn', world.mlflow.register('churn', 'models:/m-1'), 'Staging');
  }
  return world;
}

const callsOf = (world: World, name: string) => world.outside.calls.filter(({ what }) => what === `s3.${name}`).length;

test('versions of one artifact that are promoted together get packages with one archive, in any order of their calls', async () => {
  const losers: number[] = [];
  for (let seed = 1; seed <= 20; seed++) {
    const world = promoted(3, seed);
    expect(await world.sync({ modelName: 'churn' })).toMatchObject({ status: 'SUCCEEDED' });
    const packages = [...world.sageMaker.packages.values()];
    const [archive] = world.bucket.objects.keys();
    expect(packages.map(({ containers }) => containers?.[0]?.ModelDataUrl)).toEqual(
      Array(3).fill(`s3://${process.env.ARTIFACT_BUCKET}/${archive}`),
    );
    expect([world.bucket.objects.size, [...world.bucket.uploads]]).toEqual([1, []]);
    losers.push(callsOf(world, 'AbortMultipartUpload'));
  }
  expect(Math.max(...losers)).toBeGreaterThan(0);
});

test('an archive that takes several invocations is one upload', async () => {
  const world = promoted(1, 1);
  world.shortCreations = 3;
  expect(await world.sync({ modelName: 'churn' })).toMatchObject({ status: 'SUCCEEDED' });
  expect(callsOf(world, 'CreateMultipartUpload')).toBe(1);
  expect([world.sageMaker.packages.size, world.bucket.objects.size]).toEqual([1, 1]);
});

test('an archive that is not complete after the last invocation fails its version alone, and no parts stay', async () => {
  const world = promoted(1, 1);
  world.shortCreations = INVOCATIONS_MAX;
  const ended = await world.sync({ modelName: 'churn' });
  expect(ended.cause).toContain('not complete in S3 after 20 invocations');
  expect([world.sageMaker.packages.size, [...world.bucket.uploads]]).toEqual([0, []]);
  expect(await world.sync({ modelName: 'churn' })).toMatchObject({ status: 'SUCCEEDED' });
});

test('an archive outlives its package, is used again without packaging, and goes a week after its last package', async () => {
  const world = promoted(1, 1);
  const inStage = async (stage: string) => {
    world.mlflow.transition('churn', '1', stage);
    expect(await world.sync({ modelName: 'churn' })).toMatchObject({ status: 'SUCCEEDED' });
    // Packages, archives and how many of these are marked as unused.
    const objects = [...world.bucket.objects.values()];
    const marked = objects.filter(({ tags }) => tags.some(({ Key }) => Key === UNUSED_SINCE));
    return [world.sageMaker.packages.size, objects.length, marked.length];
  };
  expect(await inStage('Staging')).toEqual([1, 1, 0]);
  expect(await inStage('Archived')).toEqual([0, 1, 1]);
  expect(await inStage('Production')).toEqual([1, 1, 0]);
  expect(callsOf(world, 'CreateMultipartUpload')).toBe(1);

  world.pass(2 * GRACE_MS);
  expect(await inStage('Archived')).toEqual([0, 1, 1]);
  world.pass(GRACE_MS + 1);
  expect(await inStage('Archived')).toEqual([0, 0, 0]);
});
