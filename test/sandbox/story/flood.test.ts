import { ROUNDS_MAX } from '../../../lambda/release/totals';
import { listPackages } from '../../../sandbox/demo/packages';
import { transitionStage } from '../../../sandbox/demo/registry';
import { changeAllTheTime } from '../../support/deliveries';
import { expectOneAtATime, type Held, holdings } from '../../support/holdings';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

let stage: Stage;

beforeAll(async () => {
  stage = stages(await useSandbox()).databricks;
  await stage.model();
}, UP_TIMEOUT_MS);

function mostRounds(held: readonly Held[]): number {
  return Math.max(0, ...held.map(({ rounds }) => rounds));
}

test('a model that changes all the time is passed from one execution to the next, and ends in its last state', async () => {
  const name = stage.name('restless');
  const version = await stage.register(name);
  const group = await stage.enrol(name);
  // More changes than one execution has rounds, each while the one before is worked on; how many that takes, the machine decides.
  for (let changes = 15; changes <= 60 && mostRounds(await holdings(stage, name)) < ROUNDS_MAX; changes *= 2) {
    await changeAllTheTime(stage, name, version, changes);
  }
  await transitionStage(stage.env, name, version, 'Staging');
  await stage.untilPackages(group, ([one]) => one?.metadata.mlflow_current_stage === 'Staging');
  const packages = await listPackages(stage.aws, group);
  expect(packages.map(({ metadata }) => metadata.mlflow_current_stage)).toEqual(['Staging']);
  const held = await holdings(stage, name);
  expect(mostRounds(held)).toBe(ROUNDS_MAX);
  expectOneAtATime(held);
}, 300_000);
