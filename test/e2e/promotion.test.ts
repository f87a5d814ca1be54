import { TOLERANCE } from '../../sandbox/demo/comparison';
import { listPackages } from '../../sandbox/demo/packages';
import { transitionStage } from '../../sandbox/demo/registry';
import { type TrainedModel, trainModel } from '../../sandbox/demo/trained-model';
import { Deployment } from '../support/deployments';
import { endSandbox, UP_TIMEOUT_MS, useSandbox } from '../support/sandbox';
import { type Stage, stages } from '../support/stories';

/*
 * The main job, once, on the deployed stacks: real MLflow, the synthesized templates, a real archive, a real prediction. Everything
 * else about it is proven by `npm run test:all`.
 */

const RUNS_MS = 400_000;

let stage: Stage;
let model: TrainedModel;
let deployment: Deployment;

beforeAll(async () => {
  ({ databricks: stage } = stages(await useSandbox()));
  const name = stage.name('e2e');
  model = await trainModel(stage.env, 'sklearn', name);
  deployment = await Deployment.provision(stage, name);
  await deployment.settled();
}, UP_TIMEOUT_MS + RUNS_MS);

afterAll(async () => {
  await deployment?.terminate();
  await endSandbox();
}, RUNS_MS);

test(
  'a promoted version becomes an endpoint that answers as MLflow does',
  async () => {
    const runs = await deployment.runsOf(() => transitionStage(stage.env, model.name, model.version, 'Production'));
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded']);
    const endpoint = `${deployment.group}-${model.version}-production`;
    expect(await deployment.endpoints()).toEqual([endpoint]);
    expect(await deployment.difference(endpoint, model)).toBeLessThan(TOLERANCE);
  },
  RUNS_MS,
);

test(
  'an archived version loses its endpoint and its package',
  async () => {
    const runs = await deployment.runsOf(() => transitionStage(stage.env, model.name, model.version, 'Archived'));
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded']);
    expect(await deployment.endpoints()).toEqual([]);
    expect(await listPackages(stage.aws, deployment.group)).toEqual([]);
  },
  RUNS_MS,
);
