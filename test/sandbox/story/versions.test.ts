import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { deployableSet } from '../../../product-template/lib/deployable/deployable';
import { listPackages, type SeenPackage } from '../../../sandbox/demo/packages';
import { call, setAlias, transitionStage } from '../../../sandbox/demo/registry';
import { OWNER } from '../../support/owner';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

let stage: Stage;

beforeAll(async () => {
  stage = stages(await useSandbox()).openSource;
  await stage.model();
}, UP_TIMEOUT_MS);

function archiveOf({ described }: SeenPackage): string {
  return described.InferenceSpecification?.Containers?.[0]?.ModelDataUrl ?? '';
}

async function archiveExists(url: string): Promise<boolean> {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(url) ?? [];
  await stage.aws.s3.send(new HeadObjectCommand({ Bucket, Key }));
  return true;
}

test('two versions of one run are packages of their own, and share their archive', async () => {
  const name = stage.name('siblings');
  const { source } = await stage.model();
  const modelId = source.replace('models:/', '');
  const { model } = (await call(stage.env, 'GET', `logged-models/${modelId}`)) as {
    model: { info: { source_run_id: string } };
  };
  const ofRun = { name, source, model_id: modelId, run_id: model.info.source_run_id };
  await call(stage.env, 'POST', 'registered-models/create', { name });
  await call(stage.env, 'POST', 'model-versions/create', ofRun);
  await call(stage.env, 'POST', 'model-versions/create', ofRun);
  await setAlias(stage.env, name, '1', 'production');
  await transitionStage(stage.env, name, '2', 'Staging');
  const group = await stage.enrol(name);
  expect(await stage.versionsIn(group)).toEqual(['1', '2']);

  const packages = await listPackages(stage.aws, group);
  const runs = packages.map(({ metadata }) => [metadata.mlflow_version, metadata.mlflow_run_id]).sort();
  expect(runs).toEqual([
    ['1', model.info.source_run_id],
    ['2', model.info.source_run_id],
  ]);
  const archives = packages.map(archiveOf);
  expect(new Set(archives).size).toBe(1);
  expect(await Promise.all(archives.map(archiveExists))).toEqual([true, true]);

  await transitionStage(stage.env, name, '2', 'Archived');
  await stage.sync({ modelName: name });
  expect(await stage.versionsIn(group)).toEqual(['1']);
  expect(await Promise.all((await listPackages(stage.aws, group)).map(archiveOf).map(archiveExists))).toEqual([true]);
}, 120_000);

test("a model that was deleted and made again is another model: its version 1 is deployed instead of the old one's", async () => {
  const name = stage.name('phoenix');
  await setAlias(stage.env, name, await stage.register(name), 'production');
  const group = await stage.enrol(name);
  const [old] = await listPackages(stage.aws, group);

  await call(stage.env, 'DELETE', 'registered-models/delete', { name });
  await setAlias(stage.env, name, await stage.register(name), 'production');
  await stage.untilPackages(group, (packages) => packages.length === 2);
  const packages = await listPackages(stage.aws, group);
  const [made] = packages.filter(({ arn }) => arn !== old?.arn);
  expect(made?.metadata).toMatchObject({ mlflow_name: name, mlflow_version: '1' });
  expect(made?.metadata.mlflow_creation_timestamp).not.toBe(old?.metadata.mlflow_creation_timestamp);
  const registered = packages.map(({ arn, metadata }) => ({ arn, metadata, approval: 'Approved' }));
  expect(deployableSet(registered, OWNER).map(({ packageArn }) => packageArn)).toEqual([made?.arn]);
}, 120_000);

test('a renamed model leaves its old group, and has the new one when its new name is enrolled', async () => {
  const name = stage.name('maiden');
  const renamed = stage.name('married');
  await setAlias(stage.env, name, await stage.register(name), 'production');
  const group = await stage.enrol(name);
  expect(await listPackages(stage.aws, group)).toHaveLength(1);

  await call(stage.env, 'POST', 'registered-models/rename', { name, new_name: renamed });
  const newGroup = await stage.enrol(renamed);
  await stage.sync({ modelName: name, confirmDeletions: true });
  expect(await listPackages(stage.aws, group)).toEqual([]);
  const packages = await listPackages(stage.aws, newGroup);
  expect(packages.map(({ metadata }) => metadata.mlflow_name)).toEqual([renamed]);
}, 120_000);
