import { paginateListModelPackages } from '@aws-sdk/client-sagemaker';
import { mostThatMayGo } from '../../../lambda/shared/brake';
import { listPackages, type SeenPackage } from '../../../sandbox/demo/packages';
import { call, setAlias, transitionStage } from '../../../sandbox/demo/registry';
import { tried } from '../../../trust/sizes';
import { alarmsSince } from '../../support/alarms';
import type { RunModel } from '../../support/oracle';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

let stage: Stage;

beforeAll(async () => {
  // This registry tells nobody of a deletion or a transition, so that nothing happens but what is done here.
  stage = stages(await useSandbox()).openSource;
  await stage.model();
}, UP_TIMEOUT_MS);

/** More packages than may go: other tests on this sandbox have packages, too, and all of them count. */
async function tooMany(): Promise<number> {
  let owned = 0;
  for await (const { ModelPackageSummaryList } of paginateListModelPackages(
    { client: stage.aws.sageMaker },
    { ModelPackageType: 'Versioned', MaxResults: 100 },
  )) {
    owned += (ModelPackageSummaryList ?? []).length;
  }
  // With `n` more packages, a fifth of all of them is less than `n`.
  return Math.max(mostThatMayGo(owned), Math.ceil(owned / 4)) + 1;
}

async function inOrder(base: string, versions: number): Promise<{ name: string; group: string }> {
  const name = stage.name(base);
  for (let version = 0; version < versions; version++) {
    await transitionStage(stage.env, name, await stage.register(name), 'Staging');
  }
  const group = await stage.enrol(name);
  await stage.sync({ modelName: name });
  expect(await listPackages(stage.aws, group)).toHaveLength(versions);
  return { name, group };
}

function remove(name: string, version: number): Promise<unknown> {
  return call(stage.env, 'DELETE', 'model-versions/delete', { name, version: String(version) });
}

function contentOf(packages: readonly SeenPackage[]): object[] {
  return packages.map(({ arn, metadata }) => ({ arn, metadata }));
}

test('many versions that are gone at once are held until somebody says so; archived ones go at once', async () => {
  const count = await tooMany();
  const { name, group } = await inOrder('brake-many', count + 1);
  for (let version = 1; version <= count; version++) {
    await remove(name, version);
  }
  await transitionStage(stage.env, name, String(count + 1), 'Archived');
  const since = Date.now();
  const held = await stage.sync({ modelName: name });
  expect(held).toMatchObject({ status: 'FAILED', error: 'SyncHeld' });
  expect(held.cause).toContain(`"modelName\\\\\\":\\\\\\"${name}`.replaceAll('\\\\', ''));
  expect(await listPackages(stage.aws, group)).toHaveLength(count);
  expect(await alarmsSince(stage, since)).toContain('sync-held');
  const confirmed = await stage.sync({ modelName: name, confirmDeletions: true });
  expect(confirmed.output.models[0]).toMatchObject({ outcome: 'synced', deleted: count });
  expect(await listPackages(stage.aws, group)).toEqual([]);
  tried('deletion-protection', 1);
}, 300_000);

test('a sync of all deletes what few models have lost, and holds what many have', async () => {
  const few = await inOrder('brake-few', 2);
  const since = Date.now();
  await remove(few.name, 1);
  const ended = await stage.sync({}, () => false);
  // Models of other tests may fail by reasons of their own.
  expect(ended.error).not.toBe('SyncHeld');
  expect(await alarmsSince(stage, since)).not.toContain('sync-held');
  expect(await stage.versionsIn(few.group)).toEqual(['2']);

  const count = await tooMany();
  const names = Array.from({ length: 3 }, (_, index) => `brake-all-${index}`);
  const models: RunModel[] = [];
  for (const name of names) {
    models.push(await inOrder(name, Math.ceil(count / names.length) + 1));
  }
  const packages = () => Promise.all(models.map(({ group }) => listPackages(stage.aws, group).then(contentOf)));
  const before = await packages();
  for (const { name } of models) {
    for (let version = 1; version <= Math.ceil(count / names.length) + 1; version++) {
      await remove(name, version);
    }
  }
  const held = await stage.sync({}, () => false);
  expect(held).toMatchObject({ status: 'FAILED', error: 'SyncHeld' });
  expect(held.cause).toContain('{"confirmDeletions":true}');
  expect(await packages()).toEqual(before);
  for (const { name, group } of models) {
    await stage.sync({ modelName: name, confirmDeletions: true });
    expect(await listPackages(stage.aws, group)).toEqual([]);
  }
  tried('deletion-protection', 2);
}, 400_000);

test('a model that is not there any more keeps its packages until somebody says that it was deleted', async () => {
  const { name, group } = await inOrder('brake-missing', 1);
  await setAlias(stage.env, name, '1', 'production');
  await call(stage.env, 'DELETE', 'registered-models/delete', { name });
  for (const input of [{ modelName: name }, { modelName: name, verify: true }]) {
    expect(await stage.sync(input)).toMatchObject({ status: 'FAILED', error: 'SyncHeld' });
    expect(await listPackages(stage.aws, group)).toHaveLength(1);
  }
  expect(await stage.sync({ modelName: name, confirmDeletions: true })).toMatchObject({ status: 'SUCCEEDED' });
  expect(await listPackages(stage.aws, group)).toEqual([]);
  tried('deletion-protection', 1);
}, 120_000);
