import { started } from '../../../lambda/environments/build-record';
import { type Effects, endBuild } from '../../../lambda/environments/end-build';
import { EnvironmentBuilds } from '../../../lambda/environments/environment-builds';
import type { BuildReport, BuildResult } from '../../../lambda/environments/environment-files';
import { clientOf } from '../../support/environment-world';
import { Table } from '../../support/world/dynamodb';

const DIGEST = '3f2a1b2c'.repeat(4);
const BUILD = 'project:1';
const NOW = Date.parse('2030-01-02T12:01:05Z');
const failed = (cause: 'requirements' | 'passing'): BuildResult => ({ state: 'failed', cause, reason: 'why', fix: '' });

let store: EnvironmentBuilds;
let report: BuildReport | undefined;
let syncs: string[];

beforeEach(async () => {
  store = new EnvironmentBuilds({
    client: clientOf(new Table(), async (_what, _input, effect) => effect()),
    name: 'table',
  });
  [report, syncs] = [undefined, []];
  await building({ buildId: BUILD });
});

const effects: Effects = {
  now: () => NOW,
  read: () => store.read(DIGEST),
  write: (before, record) => store.write(DIGEST, before, record),
  report: async () => report,
  startSync: async (modelName) => void syncs.push(modelName),
};

async function building(over: object): Promise<void> {
  const before = await store.read(DIGEST);
  const record = started(
    { owner: 'o', token: 't', attempts: 1, models: ['churn', 'fraud'], previousBuildId: undefined },
    NOW,
  );
  await store.write(DIGEST, before, { ...record, ...over });
}

const record = async () => (await store.read(DIGEST)).record;

test('an image syncs the models that wait for it, once', async () => {
  report = { build: BUILD, result: { state: 'ready' } };
  expect(await endBuild(BUILD, effects)).toEqual(['churn', 'fraud']);
  expect(await record()).toMatchObject({ state: 'ready', models: [] });
  expect(await endBuild(BUILD, effects)).toEqual([]);
  expect(syncs).toEqual(['churn', 'fraud']);
});

test('requirements that cannot be installed do too: the outcome of these syncs says why', async () => {
  report = { build: BUILD, result: failed('requirements') };
  await endBuild(BUILD, effects);
  expect(await record()).toMatchObject({ state: 'failed', cause: 'requirements', reason: 'why' });
  expect(syncs).toEqual(['churn', 'fraud']);
});

test('before the pause of a failure that passes no sync is started, and the models stay written down', async () => {
  report = { build: BUILD, result: failed('passing') };
  await endBuild(BUILD, effects);
  expect(syncs).toEqual([]);
  expect(await record()).toMatchObject({ state: 'failed', models: ['churn', 'fraud'] });
});

test('after the last try syncs are started', async () => {
  await building({ buildId: BUILD, attempts: 3 });
  await endBuild(BUILD, effects);
  expect(await record()).toMatchObject({ state: 'failed', cause: 'passing', retryAt: NOW + 24 * 60 * 60 * 1000 });
  expect(syncs).toEqual(['churn', 'fraud']);
});

test('a build without a report failed for a reason that passes', async () => {
  report = { build: 'project:0', result: { state: 'ready' } };
  await endBuild(BUILD, effects);
  expect(await record()).toMatchObject({ state: 'failed', cause: 'passing', retryAt: NOW + 10 * 60 * 1000 });
});

test('a build whose start was not written down is known by its end', async () => {
  await building({});
  report = { build: BUILD, result: { state: 'ready' } };
  await endBuild(BUILD, effects);
  expect(await record()).toMatchObject({ state: 'ready', buildId: BUILD });
});

test('the end of another build changes nothing', async () => {
  await endBuild('project:2', effects);
  expect(await record()).toMatchObject({ state: 'building' });
  await building({ previousBuildId: 'project:0' });
  await endBuild('project:0', effects);
  expect(await record()).toMatchObject({ state: 'building' });
  expect(syncs).toEqual([]);
});

test('what died at the starts is gone on with by the repetition of the event', async () => {
  report = { build: BUILD, result: { state: 'ready' } };
  const startSync = () => Promise.reject(new Error('throttled'));
  await expect(endBuild(BUILD, { ...effects, startSync })).rejects.toThrow('throttled');
  expect(await record()).toMatchObject({ state: 'ready', models: ['churn', 'fraud'] });
  await endBuild(BUILD, effects);
  expect(syncs).toEqual(['churn', 'fraud']);
});
