import { DescribeEndpointConfigCommand, ListTagsCommand, UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { PIPELINE_FAILURES_LOG_GROUP } from '../../../lib/names';
import { TOLERANCE } from '../../../sandbox/demo/comparison';
import { listPackages } from '../../../sandbox/demo/packages';
import { transitionStage } from '../../../sandbox/demo/registry';
import { type TrainedModel, trainModel } from '../../../sandbox/demo/trained-model';
import { until } from '../../../sandbox/demo/until';
import { inFull, tried } from '../../../trust/sizes';
import { alarmsSince } from '../../support/alarms';
import { linesOf } from '../../support/cloudwatch-logs';
import { Deployment } from '../../support/deployments';
import { failNext, NO_INSTANCES } from '../../support/faults';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

/*
 * One model's life, from the product to its end. Each test goes on where the one before it stopped, as users do: a pipeline run
 * takes half a minute, so none is made twice, and on every day only those that others build upon.
 */

const RUNS_MS = 400_000;

let stage: Stage;
let name: string;
let deployment: Deployment;
let first: TrainedModel;
let second: TrainedModel;

beforeAll(async () => {
  ({ databricks: stage } = stages(await useSandbox()));
  name = stage.name('churn');
}, UP_TIMEOUT_MS);
afterEach(() => tried('life-cycle', 1));

test(
  'provisioned before the model exists: repository, pipeline, two stacks without endpoints',
  async () => {
    deployment = await Deployment.provision(stage, name);
    const runs = await deployment.settled();
    // The pipeline runs once it is made, adds its stages, and runs again for them.
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded', 'Cancelled']);
    expect(await deployment.outputs('Staging')).toEqual({});
    expect(await deployment.outputs('Production')).toEqual({});
    expect(await deployment.endpoints()).toEqual([]);
  },
  RUNS_MS,
);

inFull()(
  'a pipeline that mutates itself again and again makes, replaces and deletes nothing',
  async () => {
    const before = await deployment.physicalIds();
    for (const _time of [1, 2]) {
      const runs = await deployment.runsOf(() => deployment.start());
      expect(runs.map(({ status }) => status)).toEqual(['Succeeded']);
    }
    expect(await deployment.physicalIds()).toEqual(before);
  },
  RUNS_MS,
);

test(
  'a version promoted to Staging is an endpoint that predicts as MLflow does, by one run',
  async () => {
    first = await trainModel(stage.env, 'sklearn', name);
    // Its enrolment was waiting for it.
    await untilEnrolled();
    const runs = await deployment.runsOf(() => transitionStage(stage.env, name, first.version, 'Staging'));
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded']);

    const endpoint = `${deployment.group}-1-staging`;
    expect(await deployment.endpoints()).toEqual([endpoint]);
    expect(Object.values((await deployment.outputs('Staging')) ?? {})).toContain(endpoint);
    expect(await deployment.difference(endpoint, first)).toBeLessThan(TOLERANCE);
    const { EndpointArn, ProductionVariants } = await deployment.describe(endpoint);
    expect(ProductionVariants).toMatchObject([{ VariantName: 'AllTraffic', CurrentInstanceCount: 1 }]);
    const { Tags } = await stage.aws.sageMaker.send(new ListTagsCommand({ ResourceArn: EndpointArn }));
    const [registered] = await listPackages(stage.aws, deployment.group);
    expect(Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key, Value]))).toMatchObject({
      mlflow_name: name,
      mlflow_version: '1',
      mlflow_run_id: registered?.metadata.mlflow_run_id,
    });
  },
  RUNS_MS,
);

test(
  'promoted on to Production it is a serverless endpoint there, and none in Staging',
  async () => {
    const runs = await deployment.runsOf(() => transitionStage(stage.env, name, first.version, 'Production'));
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded']);
    const endpoint = `${deployment.group}-1-production`;
    expect(await deployment.endpoints()).toEqual([endpoint]);
    expect(await deployment.difference(endpoint, first)).toBeLessThan(TOLERANCE);
    expect(await serverlessConfig(endpoint)).toEqual({ MemorySizeInMB: 1024, MaxConcurrency: 2 });
  },
  RUNS_MS,
);

test(
  'a retrained version that does not come up leaves the pipeline red with the reason and an alarm, and the first one serving',
  async () => {
    const since = Date.now();
    second = await trainModel(stage.env, 'sklearn', name, 7);
    await failNext(stage.env.AWS_ENDPOINT_URL_SAGEMAKER, NO_INSTANCES);
    const promote = () => transitionStage(stage.env, name, second.version, 'Production');
    const [run, ...others] = await deployment.runsOf(promote);
    expect([run?.status, others]).toEqual(['Failed', []]);
    expect(await alarmsSince(stage, since)).toContain('pipeline-failed');
    const [written = '{}'] = await linesOf(stage.env, PIPELINE_FAILURES_LOG_GROUP, since);
    expect(JSON.parse(written).detail).toMatchObject({ pipeline: deployment.pipelineName, state: 'FAILED' });
    expect(await deployment.failure()).toContain(NO_INSTANCES.message);
    const endpoint = `${deployment.group}-1-production`;
    expect(await deployment.endpoints()).toEqual([endpoint]);
    expect(await deployment.difference(endpoint, first)).toBeLessThan(TOLERANCE);
  },
  RUNS_MS,
);

test(
  'with the next run it stands beside the first one, and answers differently',
  async () => {
    const runs = await deployment.runsOf(() => deployment.start());
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded']);
    const [one, two] = [`${deployment.group}-1-production`, `${deployment.group}-2-production`];
    expect(await deployment.endpoints()).toEqual([one, two]);
    expect(await deployment.difference(one, first)).toBeLessThan(TOLERANCE);
    expect(await deployment.difference(two, second)).toBeLessThan(TOLERANCE);
    expect(await deployment.difference(one, second)).toBeGreaterThan(TOLERANCE);
  },
  RUNS_MS,
);

test(
  'a push that changes inference.yaml changes that environment in place',
  async () => {
    const endpoint = `${deployment.group}-2-production`;
    const { CreationTime } = await deployment.describe(endpoint);
    const runs = await deployment.runsOf(() =>
      deployment.pushConfiguration('More at once', (text) =>
        text.replace('ServerlessMaxConcurrency: 2', 'ServerlessMaxConcurrency: 5'),
      ),
    );
    expect(runs.map(({ status, trigger }) => [status, trigger?.triggerType])).toEqual([
      ['Succeeded', 'CloudWatchEvent'],
    ]);
    expect(await serverlessConfig(endpoint)).toMatchObject({ MaxConcurrency: 5 });
    expect((await deployment.describe(endpoint)).CreationTime).toEqual(CreationTime);
    expect(await deployment.difference(endpoint, second)).toBeLessThan(TOLERANCE);
  },
  RUNS_MS,
);

inFull()(
  'a broken inference.yaml fails before anything is deployed, by key and value, and the endpoints go on',
  async () => {
    const [run, ...others] = await deployment.runsOf(() =>
      deployment.pushConfiguration('Too little', (text) =>
        text.replace('ServerlessSizeInMB: 1024', 'ServerlessSizeInMB: 1000'),
      ),
    );
    expect([run?.status, others]).toEqual(['Failed', []]);
    expect(await deployment.failure()).toMatch(/Production\.ServerlessSizeInMB.*1000.*1024/s);
    expect(await deployment.difference(`${deployment.group}-2-production`, second)).toBeLessThan(TOLERANCE);
  },
  RUNS_MS,
);

inFull()(
  'another kind of endpoint comes up under another name before the old one goes',
  async () => {
    const runs = await deployment.runsOf(() =>
      deployment.pushConfiguration('Instances', (text) =>
        text.replace(
          /ServerlessMaxConcurrency: 5[\s\S]*?ServerlessSizeInMB: 1000/,
          'InstanceType: ml.m5.large\n  InstanceCount: 1',
        ),
      ),
    );
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded']);
    const names = [1, 2].map((version) => `${deployment.group}-${version}-production-realtime`);
    expect(await deployment.endpoints()).toEqual(names);
    expect(await deployment.difference(names[1] ?? '', second)).toBeLessThan(TOLERANCE);
  },
  RUNS_MS,
);

test(
  'a package that a person rejects loses its endpoint, by one run; approved again it is back',
  async () => {
    const packages = await listPackages(stage.aws, deployment.group);
    const rejected = packages.find(({ metadata }) => metadata.mlflow_version === '1');
    const decide = (ModelApprovalStatus: 'Approved' | 'Rejected') =>
      stage.aws.sageMaker.send(new UpdateModelPackageCommand({ ModelPackageArn: rejected?.arn, ModelApprovalStatus }));
    const [, kept] = await deployment.endpoints();
    const runs = await deployment.runsOf(() => decide('Rejected'));
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded']);
    expect(await deployment.endpoints()).toEqual([kept]);
    // What changes nothing that is deployed starts nothing.
    await stage.aws.sageMaker.send(
      new UpdateModelPackageCommand({
        ModelPackageArn: rejected?.arn,
        CustomerMetadataProperties: { note: 'too old' },
      }),
    );
    await expect(deployment.runsOf(() => stage.sync({ modelName: name }), 10_000)).rejects.toThrow('not seen');
  },
  RUNS_MS,
);

inFull()(
  'archived versions have no endpoints, and the stacks stay empty',
  async () => {
    const runs = await deployment.runsOf(() => transitionStage(stage.env, name, second.version, 'Archived'));
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded']);
    expect(await deployment.endpoints()).toEqual([]);
    expect(await deployment.outputs('Production')).toEqual({});
  },
  RUNS_MS,
);

test(
  'terminated with an endpoint: nothing runs on, and the history stays under another name',
  async () => {
    await deployment.runsOf(() => transitionStage(stage.env, name, second.version, 'Staging'));
    expect(await deployment.endpoints()).toHaveLength(1);
    await deployment.terminate();
    expect(await deployment.endpoints()).toEqual([]);
    expect(await deployment.outputs('Staging')).toBeUndefined();
    expect(deployment.repositories()).toEqual([
      expect.stringMatching(new RegExp(`^sagemaker-mlflow-${deployment.group}-old-\\d{8}-\\d{6}$`)),
    ]);
    expect(await deployment.webhooks()).toEqual([]);
  },
  RUNS_MS,
);

inFull()(
  'provisioned again it deploys what is promoted; terminated in the middle of a run it is gone as well',
  async () => {
    deployment = await Deployment.provision(stage, name);
    await deployment.settled();
    expect(await deployment.endpoints()).toEqual([`${deployment.group}-2-staging`]);
    await deployment.start();
    await deployment.untilAction('SelfMutate');
    await deployment.terminate();
    expect(await deployment.endpoints()).toEqual([]);
    expect(deployment.repositories()).toHaveLength(2);
    expect(await deployment.outputsOf(deployment.stackOfProduct)).toBeUndefined();
  },
  RUNS_MS,
);

/** The check for pending enrolments comes once a minute. */
async function untilEnrolled(): Promise<void> {
  await until('the webhook of the enrolment', async () => (await deployment.webhooks()).length > 0);
  await deployment.settled();
}

async function serverlessConfig(endpoint: string) {
  const { EndpointConfigName } = await deployment.describe(endpoint);
  const { ProductionVariants } = await stage.aws.sageMaker.send(
    new DescribeEndpointConfigCommand({ EndpointConfigName }),
  );
  return ProductionVariants?.[0]?.ServerlessConfig;
}
