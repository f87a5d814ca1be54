import { handler as built } from '../../lambda/environment-built/handler';
import { digestOf } from '../../lambda/packaging/environment';
import { definitionOf } from '../support/state-machine';
import { synthesize } from '../support/synth';
import { makeWorlds } from '../support/world/functions';
import { endOf, REPOSITORY } from '../support/world/image-builds';
import type { Machine } from '../support/world/state-machine';
import { World } from '../support/world/world';

/*
 * From a promotion to a package in an environment image, with the functions and the state machine in a simulation.
 */

let machine: Machine;
let world: World;

beforeAll(() => {
  machine = JSON.parse(definitionOf(synthesize().modelSync).text);
  makeWorlds();
  process.env.ENVIRONMENT_IMAGES = 'always';
}, 60_000);

afterAll(() => {
  process.env.ENVIRONMENT_IMAGES = 'automatic';
});

beforeEach(() => {
  world = new World(machine, 1);
  world.enrol('churn', 'fraud');
});

/** A version of the model in Staging. */
function promote(name: string): string {
  const version = world.mlflow.register(name);
  world.mlflow.transition(name, version, 'Staging');
  return version;
}

/** The build that was started last ends with this report; the event is delivered. */
async function end(result: { readonly state: string; readonly [key: string]: string | number }): Promise<void> {
  const build = world.images.builds.at(-1);
  if (build === undefined) {
    throw new Error('no build was started');
  }
  if (result.state === 'ready') {
    world.images.images.set(build.digest, `sha256:${build.digest}`);
  }
  const Body = JSON.stringify({ build: build.id, ...result });
  world.bucket.put({ Bucket: '', Key: `environments/${build.digest}/result.json`, Body });
  const context = { getRemainingTimeInMillis: () => 60_000, awsRequestId: 'request' };
  const done = built(endOf(build, result.state === 'ready' ? 'SUCCEEDED' : 'FAILED'), context as never);
  await world.settle();
  await done;
}

const images = () => [...world.sageMaker.packages.values()].map(({ containers }) => containers?.[0]?.Image);

test('a version waits for its image, and the end of the build brings its package', async () => {
  promote('churn');
  const { status, output } = await world.sync({ modelName: 'churn' });
  const digest = world.images.builds[0]?.digest;
  expect({ status, output }).toMatchObject({
    status: 'SUCCEEDED',
    output: {
      outcome: 'waiting',
      waiting: 1,
      failures: [
        {
          ...{ action: 'create', outcome: 'waiting', version: '1', environment: digest },
          reason: expect.stringMatching(/^waits for environment [0-9a-f]{8}, building since 03:04$/),
        },
      ],
    },
  });
  const spec = JSON.parse(world.bucket.objects.get(`environments/${digest}/spec.json`)?.body ?? '');
  expect(digestOf(spec)).toBe(digest);
  expect(images()).toEqual([]);
  await end({ state: 'ready', uncompressedBytes: 921_000_000 });
  expect(images()).toEqual([`${REPOSITORY}@sha256:${digest}`]);
  const [{ metadata } = { metadata: {} }] = world.sageMaker.packages.values();
  expect(metadata).toMatchObject({ mlflow_mlops_image_bytes: '921000000' });
});

test('models with one environment share a build, and its end syncs all of them', async () => {
  promote('churn');
  promote('fraud');
  expect(await world.sync({})).toMatchObject({
    status: 'SUCCEEDED',
    output: { outcome: 'waiting', waiting: 2, synced: 0, failed: 0 },
  });
  expect(world.images.builds).toHaveLength(1);
  await end({ state: 'ready' });
  expect(images()).toHaveLength(2);
  expect(await world.sync({})).toMatchObject({ output: { outcome: 'synced' } });
});

test('while a successor waits, the package of the archived version serves on', async () => {
  promote('churn');
  await world.sync({ modelName: 'churn' });
  await end({ state: 'ready' });
  const before = [...world.sageMaker.packages.keys()];
  // The image has to be built again for the next version.
  world.images.images.clear();
  world.mlflow.transition('churn', '1', 'Archived');
  promote('churn');
  await world.sync({ modelName: 'churn' });
  expect([...world.sageMaker.packages.keys()]).toEqual(before);
  await end({ state: 'ready' });
  expect([...world.sageMaker.packages.values()].map(({ metadata }) => metadata.mlflow_version)).toEqual(['2']);
});

test('requirements that cannot be installed fail the sync with reason and fix; a person can repeat the build', async () => {
  promote('churn');
  await world.sync({ modelName: 'churn' });
  await end({ state: 'failed', cause: 'requirements', reason: 'no version of torch==9', fix: 'log it with torch 2' });
  const failed = await world.sync({ modelName: 'churn' });
  expect(failed.status).toBe('FAILED');
  expect(failed.cause).toMatch(/Fix: log it with torch 2\. .*Reason: no version of torch==9/);
  expect(world.images.builds).toHaveLength(1);
  expect(await world.sync({ retryEnvironments: true })).toMatchObject({ output: { outcome: 'waiting', waiting: 1 } });
  expect(world.images.builds).toHaveLength(2);
  await end({ state: 'ready' });
  expect(images()).toHaveLength(1);
});
