import { TOLERANCE } from '../../../sandbox/demo/comparison';
import { setAlias } from '../../../sandbox/demo/registry';
import { type TrainedModel, trainModel } from '../../../sandbox/demo/trained-model';
import { Deployment } from '../../support/deployments';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

/* Any name that MLflow takes, and models that do not get into each other's way, at an open-source MLflow server. */

const RUNS_MS = 600_000;

let stage: Stage;
const models: TrainedModel[] = [];
const deployments: Deployment[] = [];

beforeAll(async () => {
  ({ openSource: stage } = stages(await useSandbox()));
  for (const base of ['Demand forecast v1.2 (EU)', 'demand']) {
    models.push(await trainModel(stage.env, 'sklearn', stage.name(base), models.length));
  }
}, UP_TIMEOUT_MS);

test(
  'two models side by side, one named with spaces and dots, are in both environments by aliases',
  async () => {
    for (const { name } of models) {
      deployments.push(await Deployment.provision(stage, name));
    }
    await Promise.all(deployments.map((deployment) => deployment.settled()));
    for (const [index, { name, version }] of models.entries()) {
      await deployments[index]?.runsOf(async () => {
        await setAlias(stage.env, name, version, 'staging');
        await setAlias(stage.env, name, version, 'production');
      });
    }
    for (const [index, model] of models.entries()) {
      const deployment = deployments[index];
      const names = [`${deployment?.group}-1-production`, `${deployment?.group}-1-staging`];
      expect(await deployment?.endpoints()).toEqual(names);
      for (const name of names) {
        expect(await deployment?.difference(name, model)).toBeLessThan(TOLERANCE);
      }
    }
  },
  RUNS_MS,
);

test(
  'terminating one leaves the other as it is',
  async () => {
    const [first, second] = deployments;
    await first?.terminate();
    expect(await first?.endpoints()).toEqual([]);
    expect(await second?.endpoints()).toHaveLength(2);
  },
  RUNS_MS,
);
