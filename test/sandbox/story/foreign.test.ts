import { AddTagsCommand, CreateModelPackageCommand, CreateModelPackageGroupCommand } from '@aws-sdk/client-sagemaker';
import { listPackages } from '../../../sandbox/demo/packages';
import { transitionStage } from '../../../sandbox/demo/registry';
import { until } from '../../../sandbox/demo/until';
import { OWNER } from '../../support/owner';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

const MARK = { Key: 'mlflow_mlops_owner', Value: OWNER };

let stage: Stage;

beforeAll(async () => {
  stage = stages(await useSandbox()).databricks;
  await stage.model();
}, UP_TIMEOUT_MS);

test("packages that are not this installation's stay as they are", async () => {
  const name = stage.name('foreign');
  const version = await stage.register(name);
  const group = await stage.enrol(name);
  await transitionStage(stage.env, name, version, 'Production');
  const [ours] = await stage.untilPackages(group, ({ length }) => length === 1);
  const { InferenceSpecification, CustomerMetadataProperties } = ours?.described ?? {};
  for (const owner of [undefined, 'OtherStack']) {
    const { mlflow_mlops_owner: _ours, ...metadata } = CustomerMetadataProperties ?? {};
    await stage.aws.sageMaker.send(
      new CreateModelPackageCommand({
        ModelPackageGroupName: group,
        InferenceSpecification,
        ModelApprovalStatus: 'Approved',
        CustomerMetadataProperties: { ...metadata, ...(owner === undefined ? {} : { mlflow_mlops_owner: owner }) },
      }),
    );
  }
  const foreign = (await listPackages(stage.aws, group)).filter(({ arn }) => arn !== ours?.arn);
  await transitionStage(stage.env, name, version, 'Archived');
  await until(
    'our package to go',
    async () => !(await listPackages(stage.aws, group)).some(({ arn }) => arn === ours?.arn),
  );
  expect((await listPackages(stage.aws, group)).map(({ metadata }) => metadata)).toEqual(
    foreign.map(({ metadata }) => metadata),
  );
}, 120_000);

test("somebody else's group of the model's name is left alone, with the way out; so is a group with a name like it", async () => {
  const name = stage.name('taken');
  const alike = `${name}-2`;
  const version = await stage.register(name);
  const group = await stage.enrol(name);
  for (const ModelPackageGroupName of [group, alike]) {
    await stage.aws.sageMaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName }));
  }
  await transitionStage(stage.behind, name, version, 'Production');
  const { status, cause } = await stage.sync({ modelName: name });
  expect(status).toBe('FAILED');
  expect(cause).toContain(`model package group ${group} was not made by this installation`);
  expect(await listPackages(stage.aws, group)).toEqual([]);

  const ResourceArn = `arn:aws:sagemaker:${stage.env.AWS_REGION}:${stage.env.AWS_ACCESS_KEY_ID}:model-package-group/${group}`;
  await stage.aws.sageMaker.send(new AddTagsCommand({ ResourceArn, Tags: [MARK] }));
  expect((await stage.sync({ modelName: name })).status).toBe('SUCCEEDED');
  const [ours] = await listPackages(stage.aws, group);

  // A package with all of our metadata, mark and name, in a group that is not the model's.
  const { InferenceSpecification, CustomerMetadataProperties } = ours?.described ?? {};
  await stage.aws.sageMaker.send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: alike,
      InferenceSpecification,
      CustomerMetadataProperties,
    }),
  );
  await transitionStage(stage.env, name, version, 'Archived');
  await stage.untilPackages(group, ({ length }) => length === 0);
  expect(await listPackages(stage.aws, alike)).toHaveLength(1);
}, 120_000);
