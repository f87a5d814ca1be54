import { UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { listPackages, type SeenPackage } from '../../../sandbox/demo/packages';
import { call, setAlias, setTag, transitionStage } from '../../../sandbox/demo/registry';
import { until } from '../../../sandbox/demo/until';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

let databricks: Stage;
let openSource: Stage;

beforeAll(async () => {
  ({ databricks, openSource } = stages(await useSandbox()));
  await Promise.all([databricks.model(), openSource.model()]);
}, UP_TIMEOUT_MS);

/** The only package of a group, once it is as wanted. */
function untilPackage(stage: Stage, group: string, good: (one: SeenPackage) => boolean): Promise<SeenPackage> {
  return until(`a package of ${group}`, async () => {
    const [first, ...others] = await listPackages(stage.aws, group);
    return first !== undefined && others.length === 0 && good(first) ? first : undefined;
  });
}

test('promotion makes a package, further changes update it, a rejection stays, archiving deletes it', async () => {
  const name = databricks.name('life');
  const version = await databricks.register(name);
  const group = await databricks.enrol(name);
  expect(await listPackages(databricks.aws, group)).toEqual([]);

  await transitionStage(databricks.env, name, version, 'Staging');
  const staged = await untilPackage(databricks, group, ({ metadata }) => metadata.mlflow_current_stage === 'Staging');
  expect(staged.metadata).toMatchObject({
    mlflow_name: name,
    mlflow_version: version,
    mlflow_environments: 'Staging',
    mlflow_source: (await databricks.model()).source,
    mlflow_flavor: 'python_function',
    mlflow_mlops_owner: 'ModelRepack-ModelSyncStack',
  });
  expect(staged.described.ModelApprovalStatus).toBe('Approved');

  await databricks.aws.sageMaker.send(
    new UpdateModelPackageCommand({ ModelPackageArn: staged.arn, ModelApprovalStatus: 'Rejected' }),
  );
  await transitionStage(databricks.env, name, version, 'Production');
  const promoted = await untilPackage(
    databricks,
    group,
    ({ metadata }) => metadata.mlflow_environments === 'Production',
  );
  expect(promoted.arn).toBe(staged.arn);
  expect(promoted.described.ModelApprovalStatus).toBe('Rejected');

  // Packed anew, and still rejected.
  await setTag(databricks.env, name, version, 'sagemaker_deploy_flavor', 'sklearn');
  const steered = await untilPackage(databricks, group, ({ metadata }) => metadata.mlflow_deploy_flavor === 'sklearn');
  expect(steered.arn).not.toBe(staged.arn);
  expect(steered.described.ModelApprovalStatus).toBe('Rejected');

  await transitionStage(databricks.env, name, version, 'Archived');
  await until('the package to go', async () => (await listPackages(databricks.aws, group)).length === 0);
}, 120_000);

test('by stage and by alias a version is in both environments; open-source stages are found by the sync of all', async () => {
  const name = openSource.name('both');
  const version = await openSource.register(name);
  const group = await openSource.enrol(name);
  await setAlias(openSource.env, name, version, 'staging');
  const first = await untilPackage(openSource, group, ({ metadata }) => metadata.mlflow_environments === 'Staging');
  // Open-source MLflow sends nothing for a stage.
  await transitionStage(openSource.env, name, version, 'Production');
  await call(openSource.env, 'PATCH', 'model-versions/update', { name, version, description: 'is "new", isn\'t it?' });
  // How it ends as a whole depends on what other tests left behind.
  const { output } = await openSource.sync({});
  expect(output.models.find(({ modelName }) => modelName === name)).toMatchObject({
    outcome: 'synced',
    updated: 1,
    created: 0,
  });
  const both = await untilPackage(
    openSource,
    group,
    ({ metadata }) => metadata.mlflow_environments === 'Staging Production',
  );
  expect(both.arn).toBe(first.arn);
  expect(both.metadata).toMatchObject({ mlflow_aliases: 'staging', mlflow_description: 'is "new", isn\'t it?' });

  const again = await openSource.sync({ modelName: name });
  expect(again.output.models[0]).toMatchObject({ outcome: 'synced', created: 0, updated: 0, deleted: 0 });
}, 120_000);

test('a version that cannot be packed fails by its reason, and the others are synced', async () => {
  const name = databricks.name('mixed');
  const good = await databricks.register(name);
  const bad = await databricks.register(name, await folderWithoutMlmodel(databricks));
  const group = await databricks.enrol(name);
  await transitionStage(databricks.env, name, bad, 'Staging');
  await transitionStage(databricks.env, name, good, 'Production');
  await untilPackage(databricks, group, ({ metadata }) => metadata.mlflow_version === good);

  const { status, cause } = await databricks.sync({ modelName: name });
  expect(status).toBe('FAILED');
  expect(cause).toContain(`version ${bad} has no MLmodel`);
  await transitionStage(databricks.env, name, bad, 'None');
  expect((await databricks.sync({ modelName: name })).status).toBe('SUCCEEDED');
}, 120_000);

test('input that names nothing known is refused with the forms there are', async () => {
  const { status, cause } = await databricks.sync({ model: 'churn' });
  expect(status).toBe('FAILED');
  expect(cause).toContain('modelName');
}, 60_000);

/** A run with an artifact folder that is no model. */
async function folderWithoutMlmodel({ env, behind }: Stage): Promise<string> {
  const { run } = (await call(behind, 'POST', 'runs/create', { experiment_id: '0' })) as {
    run: { info: { run_id: string; artifact_uri: string } };
  };
  const path = run.info.artifact_uri.replace(/^mlflow-artifacts:\/*/, '');
  const response = await fetch(
    `${env.MLFLOW_SERVER_URI}/api/2.0/mlflow-artifacts/artifacts/${path}/folder/readme.txt`,
    {
      method: 'PUT',
      body: 'not a model',
    },
  );
  expect(response.status).toBe(200);
  return `runs:/${run.info.run_id}/folder`;
}
