import { offeredVersions } from '../../../lib/service-catalog/released-versions';
import { provisionModel } from '../../../sandbox/catalog/provision';
import { updateModel } from '../../../sandbox/catalog/update';
import { TOLERANCE } from '../../../sandbox/demo/comparison';
import { transitionStage } from '../../../sandbox/demo/registry';
import { type TrainedModel, trainModel } from '../../../sandbox/demo/trained-model';
import { inFull, tried } from '../../../trust/sizes';
import { Deployment } from '../../support/deployments';
import { failNext, NO_INSTANCES } from '../../support/faults';
import { comeBack, goAway } from '../../support/outage';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

/* What goes wrong on the way to an endpoint, and how it comes right. Every day, deployment.test.ts has one such way. */

const RUNS_MS = 400_000;

let stage: Stage;
let name: string;
let deployment: Deployment;
let first: TrainedModel;

beforeAll(async () => {
  ({ databricks: stage } = stages(await useSandbox()));
  name = stage.name('fragile');
  first = await trainModel(stage.env, 'sklearn', name);
  await transitionStage(stage.env, name, first.version, 'Staging');
}, UP_TIMEOUT_MS);

inFull()(
  'a registry that cannot be reached fails the provisioning with what to check, and leaves nothing in the way',
  async () => {
    // It is waited for, but not that long.
    await goAway(stage, { seconds: 120, status: 503 });
    await expect(provisionModel(stage.env, name)).rejects.toThrow(/Check that the registry can be reached/);
    await comeBack(stage);
  },
  RUNS_MS,
);

inFull()(
  'a first deployment that rolled back recovers on the next run',
  async () => {
    await failNext(stage.env.AWS_ENDPOINT_URL_SAGEMAKER, NO_INSTANCES);
    deployment = await Deployment.provision(stage, name);
    const [run] = await deployment.settled();
    expect(run?.status).toBe('Failed');
    expect(await deployment.failure()).toContain(NO_INSTANCES.message);
    expect(await deployment.endpoints()).toEqual([]);

    const runs = await deployment.runsOf(() => deployment.start());
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded']);
    expect(await deployment.difference(`${deployment.group}-1-staging`, first)).toBeLessThan(TOLERANCE);
    tried('endpoints', 1);
  },
  RUNS_MS,
);

inFull()(
  'an endpoint that does not come up leaves the old one serving, and the pipeline red with the reason',
  async () => {
    const second = await trainModel(stage.env, 'sklearn', name, 7);
    await failNext(stage.env.AWS_ENDPOINT_URL_SAGEMAKER, NO_INSTANCES);
    const [run, ...others] = await deployment.runsOf(() => transitionStage(stage.env, name, second.version, 'Staging'));
    expect([run?.status, others]).toEqual(['Failed', []]);
    expect(await deployment.failure()).toContain(NO_INSTANCES.message);
    expect(await deployment.endpoints()).toEqual([`${deployment.group}-1-staging`]);
    expect(await deployment.difference(`${deployment.group}-1-staging`, first)).toBeLessThan(TOLERANCE);

    const runs = await deployment.runsOf(() => deployment.start());
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded']);
    expect(await deployment.difference(`${deployment.group}-2-staging`, second)).toBeLessThan(TOLERANCE);
    tried('endpoints', 1);
  },
  RUNS_MS,
);

inFull()(
  'a second product for the model is refused, since its repository has the name already',
  async () => {
    await expect(provisionModel(stage.env, name, { productName: stage.name('another') })).rejects.toThrow(
      /Repository named .* already exists/,
    );
    // What the second one held of the enrolment went with it; the first one's is there.
    const runs = await deployment.runsOf(() => transitionStage(stage.env, name, first.version, 'Archived'));
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded']);
    expect(await deployment.endpoints()).toEqual([`${deployment.group}-2-staging`]);
  },
  RUNS_MS,
);

inFull()(
  'updating the product to another version deletes and replaces nothing, and the pipeline puts its stages back',
  async () => {
    const before = await deployment.physicalIds();
    const endpoint = `${deployment.group}-2-staging`;
    const { CreationTime } = await deployment.describe(endpoint);
    const runs = await deployment.runsOf(() => updateModel(stage.env, name, offeredVersions().at(-1)?.name));
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded', 'Cancelled']);
    expect(await deployment.physicalIds()).toEqual(before);
    expect((await deployment.describe(endpoint)).CreationTime).toEqual(CreationTime);
  },
  RUNS_MS,
);
