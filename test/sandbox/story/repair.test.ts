import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { listPackages } from '../../../sandbox/demo/packages';
import { call, transitionStage } from '../../../sandbox/demo/registry';
import { comeBack, goAway } from '../../support/outage';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

let stage: Stage;

beforeAll(async () => {
  stage = stages(await useSandbox()).databricks;
  await stage.model();
}, UP_TIMEOUT_MS);

/** A model with a version in Production that has its package, and another that was never promoted. */
async function synced(base: string): Promise<{ name: string; version: string; other: string; group: string }> {
  const name = stage.name(base);
  const version = await stage.register(name);
  const other = await stage.register(name);
  await transitionStage(stage.env, name, version, 'Production');
  const group = await stage.enrol(name);
  expect(await listPackages(stage.aws, group)).toHaveLength(1);
  return { name, version, other, group };
}

/** Everything that a sync could write. */
async function everything(group: string): Promise<unknown> {
  const objects: unknown[] = [];
  const pages = paginateListObjectsV2(
    { client: stage.aws.s3 },
    { Bucket: stage.env.ARTIFACT_BUCKET, Prefix: `models/${group}/` },
  );
  for await (const { Contents } of pages) {
    objects.push(...(Contents ?? []).map(({ Key, ETag, LastModified }) => [Key, ETag, LastModified]));
  }
  const packages = await listPackages(stage.aws, group);
  return { objects, packages: packages.map(({ described: { $metadata: _call, ...details } }) => details) };
}

test('the hourly sync repairs what no webhook told of, and writes nothing a second time', async () => {
  const { name, version, other, group } = await synced('unheard');
  // Behind the workspace's back, so that it sends nothing: what a lost delivery is like.
  await transitionStage(stage.behind, name, other, 'Staging');
  await transitionStage(stage.behind, name, version, 'Archived');
  await stage.idle();
  expect((await listPackages(stage.aws, group)).map(({ metadata }) => metadata.mlflow_version)).toEqual([version]);

  const repaired = await stage.sync({});
  expect(repaired.output.models.find(({ modelName }) => modelName === name)).toMatchObject({ created: 1, deleted: 1 });
  expect((await listPackages(stage.aws, group)).map(({ metadata }) => metadata.mlflow_version)).toEqual([other]);

  const before = await everything(group);
  const again = await stage.sync({});
  expect(again.output.models.find(({ modelName }) => modelName === name)).toMatchObject({
    outcome: 'synced',
    created: 0,
    updated: 0,
    deleted: 0,
  });
  expect(await everything(group)).toEqual(before);
}, 120_000);

test('a registry that is down for a moment is waited for', async () => {
  const { name, version, group } = await synced('blink');
  await transitionStage(stage.env, name, version, 'Staging');
  await stage.untilPackages(group, ([one]) => one?.metadata.mlflow_current_stage === 'Staging');
  await transitionStage(stage.behind, name, version, 'Production');
  await goAway(stage, { seconds: 1 });
  await expect(fetch(`${stage.env.MLFLOW_TRACKING_URI}/health`)).rejects.toThrow();
  const { status, output } = await stage.sync({ modelName: name });
  expect({ status, model: output.models[0] }).toMatchObject({ status: 'SUCCEEDED', model: { updated: 1 } });
  expect((await listPackages(stage.aws, group))[0]?.metadata.mlflow_current_stage).toBe('Production');
}, 120_000);

test('a registry that stays down fails the sync and deletes nothing; the next sync after it goes on', async () => {
  const { name, version, group } = await synced('dark');
  const before = await everything(group);
  await goAway(stage, { seconds: 120, status: 503 });
  try {
    const { status, cause } = await stage.sync({ modelName: name });
    expect(status).toBe('FAILED');
    expect(cause).toContain('answered 503');
    expect(await everything(group)).toEqual(before);
  } finally {
    await comeBack(stage);
  }
  await call(stage.env, 'PATCH', 'model-versions/update', { name, version, description: 'back' });
  expect((await stage.sync({ modelName: name })).status).toBe('SUCCEEDED');
  expect((await listPackages(stage.aws, group))[0]?.metadata.mlflow_description).toBe('back');
}, 240_000);
