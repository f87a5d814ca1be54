import { UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { isFresh } from '../../../lambda/shared/ledger/daily-look';
import { listPackages } from '../../../sandbox/demo/packages';
import { transitionStage } from '../../../sandbox/demo/registry';
import { until } from '../../../sandbox/demo/until';
import { type Counts, countCalls } from '../../support/counts';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

const HOUR_MS = 60 * 60 * 1000;
let stage: Stage;

beforeAll(async () => {
  stage = stages(await useSandbox()).databricks;
  await stage.model();
}, UP_TIMEOUT_MS);

/** A name whose daily look does not come while the test runs. */
function steadyName(base: string): string {
  const now = Date.now();
  const names = Array.from({ length: 20 }, (_, index) => stage.name(`${base}${index}`));
  return names.find((name) => isFresh(name, now, now + HOUR_MS)) ?? stage.name(base);
}

/** An enrolled model whose versions are all in Staging, and have been found in order. */
async function inOrder(base: string, count: number): Promise<{ name: string; group: string }> {
  const name = steadyName(base);
  // Behind the workspace's back, so that no delivery asks for a sync.
  for (let version = 1; version <= count; version++) {
    await transitionStage(stage.behind, name, await stage.register(name), 'Staging');
  }
  const group = await stage.enrol(name);
  expect(await listPackages(stage.aws, group)).toHaveLength(count);
  // Once it was found in order; again where another test has just changed which images the installation has.
  await until(`${name} in order`, async () => {
    const counts = await countCalls(stage.env, () => stage.sync({ modelName: name }));
    return !('sagemaker:DescribeModelPackage' in counts);
  });
  return { name, group };
}

test('a sync of an unchanged model makes the same few calls, for 1 version and for 60', async () => {
  const made: Counts[] = [];
  for (const count of [1, 60]) {
    const { name } = await inOrder(`steady-${count}-`, count);
    made.push(await countCalls(stage.env, () => stage.sync({ modelName: name })));
  }
  for (const counts of made) {
    // Kept for a minute by each instance of a function.
    const { 'secretsmanager:GetSecretValue': secrets = 0, 'ssm:GetParameters': parameters = 0, ...rest } = counts;
    // The check for pending enrollments makes one query a minute.
    const { 'dynamodb:Query': _pending, ...others } = rest;
    expect([secrets <= 1, parameters <= 1]).toEqual([true, true]);
    expect(others).toEqual({
      // The claim is taken, renewed, and given back; the ledger and the enrolment are read.
      'dynamodb:DeleteItem': 1,
      'dynamodb:GetItem': 2,
      'dynamodb:UpdateItem': 2,
      'mlflow: GET model-versions/search': 1,
      'mlflow: GET registered-models/get': 1,
      'sagemaker:ListModelPackages': 1,
    });
  }
}, 400_000);

test('what somebody changed by hand in a package shows in no listing: a sync with verify looks at it', async () => {
  const { name, group } = await inOrder('by-hand', 1);
  const stageOf = async () => (await listPackages(stage.aws, group))[0]?.metadata.mlflow_current_stage;
  const [one] = await listPackages(stage.aws, group);
  await stage.aws.sageMaker.send(
    new UpdateModelPackageCommand({
      ModelPackageArn: one?.arn,
      CustomerMetadataProperties: { mlflow_current_stage: 'Production' },
    }),
  );
  const light = await stage.sync({ modelName: name });
  expect(light.output.models).toEqual([expect.objectContaining({ outcome: 'synced', updated: 0 })]);
  expect(await stageOf()).toBe('Production');

  const { output } = await stage.sync({ modelName: name, verify: true });
  expect(output.models).toEqual([expect.objectContaining({ outcome: 'synced', updated: 1 })]);
  expect(await stageOf()).toBe('Staging');
  // And that was a change: the next one looks whether everything is in order now.
  const counts = await countCalls(stage.env, () => stage.sync({ modelName: name }));
  expect(counts['sagemaker:DescribeModelPackage']).toBeGreaterThan(0);
}, 200_000);

test('a sync of all runs nothing for a model that did not change, and one for a model that did', async () => {
  const { name } = await inOrder('quiet', 1);
  const other = await inOrder('loud', 1);
  const ran = async () => (await stage.sync({})).output.models.map(({ modelName }) => modelName);
  await until('a sync of all that leaves it alone', async () => !(await ran()).includes(name));

  await transitionStage(stage.behind, other.name, '1', 'Production');
  const names = await ran();
  expect(names).toContain(other.name);
  expect(names).not.toContain(name);
  const [moved] = await listPackages(stage.aws, other.group);
  expect(moved?.metadata.mlflow_current_stage).toBe('Production');

  const { status, output } = await stage.sync({ verify: true }, (one) => one === name);
  expect(status).toBe('SUCCEEDED');
  expect(output.changed).toBe(output.enrolled);
  expect(output.models.map(({ modelName }) => modelName)).toContain(name);
}, 300_000);
