import { listPackages } from '../../../sandbox/demo/packages';
import { transitionStage } from '../../../sandbox/demo/registry';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

let stage: Stage;

beforeAll(async () => {
  stage = stages(await useSandbox()).openSource;
  await stage.model();
}, UP_TIMEOUT_MS);

/** Does work on all items, some at once. */
async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      await work(item);
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

// More than a page of either registry: MLflow gives 200 versions at once where it is asked for them, SageMaker 100 packages.
test('a model with 300 versions, of which 120 are in Staging, has a package for each of those', async () => {
  const name = stage.name('veteran');
  for (const _version of upTo(300)) {
    await stage.register(name);
  }
  const promoted = upTo(300).filter((version) => Number(version) % 5 < 2);
  await each(promoted, (version) => transitionStage(stage.env, name, version, 'Staging'));
  const group = await stage.enrol(name);
  expect(await stage.versionsIn(group)).toEqual(promoted);

  await each(promoted.slice(0, 100), (version) => transitionStage(stage.env, name, version, 'Archived'));
  // Late deliveries of what was registered may have begun with it.
  expect((await stage.sync({ modelName: name })).status).toBe('SUCCEEDED');
  expect(await stage.versionsIn(group)).toEqual(promoted.slice(100));
}, 600_000);

test('150 models are found by one sync of all, which runs for each of them, until they are found in order', async () => {
  const names = upTo(150).map((index) => stage.name(`one-of-many${index}`));
  await each(names, (name) => stage.register(name));
  const groups = await stage.enrolAll(names, stage.name('many'));
  expect(new Set(groups).size).toBe(150);
  // A stage, of which open-source MLflow tells nobody: one sync finds them all.
  await each(names, (name) => transitionStage(stage.env, name, '1', 'Production'));
  for (const created of [1, 0]) {
    const { output } = await stage.sync({}, (name) => names.includes(name));
    const ours = output.models.filter(({ modelName }) => names.includes(modelName));
    expect(ours.map(({ modelName }) => modelName).sort()).toEqual([...names].sort());
    expect(ours.map((one) => [one.outcome, one.created, one.updated, one.deleted])).toEqual(
      names.map(() => ['synced', created, 0, 0]),
    );
  }
  const { output } = await stage.sync({}, (name) => names.includes(name));
  // Only a model whose daily look came just now.
  expect(output.models.filter(({ modelName }) => names.includes(modelName)).length).toBeLessThanOrEqual(3);
  expect(output.enrolled).toBeGreaterThanOrEqual(150);
  const packages = await Promise.all(groups.map((group) => listPackages(stage.aws, group)));
  expect(packages.map((list) => list.map(({ metadata }) => metadata.mlflow_name))).toEqual(names.map((name) => [name]));
}, 600_000);
