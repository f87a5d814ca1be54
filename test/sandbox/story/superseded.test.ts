import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { TOLERANCE } from '../../../sandbox/demo/comparison';
import { listPackages } from '../../../sandbox/demo/packages';
import { setTag, transitionStage } from '../../../sandbox/demo/registry';
import { type TrainedModel, trainModel } from '../../../sandbox/demo/trained-model';
import { Deployment } from '../../support/deployments';
import { failNext, NO_INSTANCES } from '../../support/faults';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

/* An update that replaces a package and fails: CloudFormation rolls back to the package that was replaced. */

const RUNS_MS = 400_000;

let stage: Stage;
let name: string;
let deployment: Deployment;
let first: TrainedModel;
let second: TrainedModel;

beforeAll(async () => {
  ({ openSource: stage } = stages(await useSandbox()));
  name = stage.name('superseded');
  first = await trainModel(stage.env, 'sklearn', name);
  await transitionStage(stage.env, name, first.version, 'Staging');
  deployment = await Deployment.provision(stage, name);
  await deployment.settled();
}, RUNS_MS + UP_TIMEOUT_MS);

async function stackStatus(): Promise<string | undefined> {
  const { Stacks } = await stage.aws.cloudFormation.send(
    new DescribeStacksCommand({ StackName: deployment.stackName('Staging') }),
  );
  return Stacks?.[0]?.StackStatus;
}

test(
  'an update that fails rolls back to the superseded package, which goes on serving',
  async () => {
    second = await trainModel(stage.env, 'sklearn', name, 7);
    await failNext(stage.env.AWS_ENDPOINT_URL_SAGEMAKER, NO_INSTANCES);
    const runs = await deployment.runsOf(async () => {
      // Of a stage the open-source server sends no webhook: one sync finds both changes.
      await transitionStage(stage.env, name, second.version, 'Staging');
      await setTag(stage.env, name, first.version, 'sagemaker_deploy_flavor', 'python_function');
    });
    expect(runs.map(({ status }) => status)).toEqual(['Failed']);
    expect(await deployment.failure()).toContain(NO_INSTANCES.message);
    expect(await stackStatus()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await deployment.endpoints()).toEqual([`${deployment.group}-1-staging`]);
    expect(await deployment.difference(`${deployment.group}-1-staging`, first)).toBeLessThan(TOLERANCE);

    const packages = await listPackages(stage.aws, deployment.group);
    const said = packages.map(({ metadata }) => [
      metadata.mlflow_version,
      metadata.mlflow_environments,
      metadata.mlflow_superseded_at !== undefined,
    ]);
    expect(said.sort()).toEqual([
      [first.version, undefined, true],
      [first.version, 'Staging', false],
      [second.version, 'Staging', false],
    ]);
  },
  RUNS_MS,
);

test(
  'the next run deploys both versions',
  async () => {
    const runs = await deployment.runsOf(() => deployment.start());
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded']);
    expect(await stackStatus()).toBe('UPDATE_COMPLETE');
    expect(await deployment.difference(`${deployment.group}-1-staging`, first)).toBeLessThan(TOLERANCE);
    expect(await deployment.difference(`${deployment.group}-2-staging`, second)).toBeLessThan(TOLERANCE);
  },
  RUNS_MS,
);

test('archived, a version loses its superseded package at once', async () => {
  await transitionStage(stage.env, name, first.version, 'Archived');
  await stage.sync({ modelName: name });
  const packages = await listPackages(stage.aws, deployment.group);
  expect(packages.map(({ metadata }) => metadata.mlflow_version)).toEqual([second.version]);
}, 120_000);
