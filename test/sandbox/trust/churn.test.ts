import fc from 'fast-check';
import { untilNoneRuns } from '../../../sandbox/demo/executions';
import { call, deleteAlias, setAlias, setTag, transitionStage } from '../../../sandbox/demo/registry';
import { sized, tried } from '../../../trust/sizes';
import { makeForeign } from '../../support/foreign';
import { moreFunctionTime } from '../../support/function-time';
import { faultsOf, type RunModel, writesOfAnotherSync } from '../../support/oracle';
import { deadLetters } from '../../support/queues';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

const LIVES = sized(5, 50);
const FOREIGN = sized(10, 100);

let stage: Stage;
let giveBack: (() => Promise<void>) | undefined;

beforeAll(async () => {
  stage = stages(await useSandbox()).databricks;
  giveBack = await moreFunctionTime(stage);
  await stage.model();
}, UP_TIMEOUT_MS);

afterAll(() => giveBack?.(), 60_000);

type Act = (name: string, version: string) => Promise<unknown>;

const ACTS: Readonly<Record<string, Act>> = {
  register: (name) => stage.register(name),
  staging: (name, version) => transitionStage(stage.env, name, version, 'Staging'),
  production: (name, version) => transitionStage(stage.env, name, version, 'Production'),
  archive: (name, version) => transitionStage(stage.env, name, version, 'Archived'),
  demote: (name, version) => transitionStage(stage.env, name, version, 'None'),
  alias: (name, version) => setAlias(stage.env, name, version, 'production'),
  deleteAlias: (name) => deleteAlias(stage.env, name, 'production'),
  tag: (name, version) => setTag(stage.env, name, version, 'team', `"${version}"`),
  deleteVersion: (name, version) => call(stage.env, 'DELETE', 'model-versions/delete', { name, version }),
  deleteAndMakeAnew: async (name) => {
    await call(stage.env, 'DELETE', 'registered-models/delete', { name });
    await transitionStage(stage.env, name, await stage.register(name), 'Staging');
  },
  renameToAndFro: async (name) => {
    await call(stage.env, 'POST', 'registered-models/rename', { name, new_name: `${name}-aside` });
    await call(stage.env, 'POST', 'registered-models/rename', { name: `${name}-aside`, new_name: name });
  },
};

const sequence = fc.array(
  fc.record({
    act: fc.constantFrom('register', 'staging', 'production', 'alias', ...Object.keys(ACTS)),
    version: fc.integer({ min: 1, max: 3 }).map(String),
  }),
  { minLength: 8, maxLength: 14 },
);

test('generated lives of models at once: both registries agree in the end, and another sync writes nothing', async () => {
  const lives = fc.sample(sequence, LIVES);
  const names = lives.map((_life, index) => stage.name(`life${index}`));
  for (const name of names) {
    await stage.register(name);
  }
  const groups = await stage.enrolAll(names);
  const models: RunModel[] = names.map((name, index) => ({ name, group: groups[index] ?? '' }));
  // In the models' own groups there is something foreign only once there is a group. Nobody hears of the first packages: fifty
  // at once would take two cores a while.
  for (const name of names) {
    await transitionStage(stage.behind, name, '1', 'Staging');
    await stage.sync({ modelName: name });
  }
  const foreign = await makeForeign(stage, models, FOREIGN);
  const letters = await deadLetters(stage);
  expect(Object.keys(letters).length).toBeGreaterThan(1);

  await Promise.all(
    lives.map(async (life, index) => {
      for (const { act, version } of life) {
        // What a registry refuses, for example to promote what is not there, is no change.
        await ACTS[act]?.(names[index] ?? '', version).catch(() => undefined);
      }
    }),
  );
  // Deliveries that were answered are worked on, by two cores; what was not told is for the schedule.
  await untilNoneRuns(stage.aws, stage.env, undefined, 900_000);
  for (const { name } of models) {
    await stage.sync({ modelName: name, confirmDeletions: true });
  }
  expect(await faultsOf(stage, models, foreign)).toEqual([]);
  // Every delivery was worked on: none has become a dead letter.
  expect(await deadLetters(stage)).toEqual(letters);
  expect(await writesOfAnotherSync(stage, models)).toEqual([]);
  tried('churn', LIVES);
}, 3_600_000);
