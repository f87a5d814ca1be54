import { listPackages } from '../../../sandbox/demo/packages';
import { transitionStage } from '../../../sandbox/demo/registry';
import { clearFaults, failNext, pendingFaults } from '../../support/faults';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

let stage: Stage;
let endpoint: string;

beforeAll(async () => {
  stage = stages(await useSandbox()).databricks;
  endpoint = stage.env.AWS_ENDPOINT_URL_SAGEMAKER;
  await stage.model();
}, UP_TIMEOUT_MS);

afterEach(() => clearFaults(endpoint));

/** An enrolled model with two versions that are not promoted. */
async function enrolled(base: string): Promise<{ name: string; version: string; other: string; group: string }> {
  const name = stage.name(base);
  const version = await stage.register(name);
  const other = await stage.register(name);
  return { name, version, other, group: await stage.enrol(name) };
}

test.each([
  ['throttling', { code: 'ThrottlingException', status: 400, times: 2 }],
  ['a conflict', { code: 'ConflictException', status: 409, times: 1 }],
  ['an internal failure', { code: 'InternalFailure', status: 500, times: 2 }],
])(
  '%s of every write passes without anybody seeing it',
  async (what, fault) => {
    const { name, version, group } = await enrolled(`fault-${what.replaceAll(' ', '-')}`);
    for (const action of [
      'CreateModelPackageGroup',
      'CreateModelPackage',
      'UpdateModelPackage',
      'DeleteModelPackage',
    ]) {
      await failNext(endpoint, { action, ...fault });
    }
    for (const [toStage, wanted] of [
      ['Staging', ['Staging']],
      ['Production', ['Production']],
      ['Archived', []],
    ] as const) {
      await transitionStage(stage.env, name, version, toStage);
      await stage.untilPackages(group, (packages) => {
        const seen = packages.map(({ metadata }) => metadata.mlflow_current_stage);
        return JSON.stringify(seen) === JSON.stringify(wanted);
      });
    }
    expect(await pendingFaults(endpoint)).toEqual([]);
  },
  120_000,
);

test('a creation whose answer is lost makes no second package', async () => {
  const { name, version, group } = await enrolled('fault-lost');
  await failNext(endpoint, { action: 'CreateModelPackage', code: 'InternalFailure', status: 500, when: 'after' });
  await transitionStage(stage.env, name, version, 'Production');
  await stage.untilPackages(group, ({ length }) => length > 0);
  expect(await listPackages(stage.aws, group)).toHaveLength(1);
  expect(await pendingFaults(endpoint)).toEqual([]);
}, 120_000);

test('a refusal that does not pass fails alone, and the next sync goes on', async () => {
  const { name, version, other, group } = await enrolled('fault-denied');
  await failNext(endpoint, { action: 'CreateModelPackage', code: 'AccessDeniedException', status: 400 });
  await transitionStage(stage.behind, name, version, 'Staging');
  await transitionStage(stage.behind, name, other, 'Production');
  const { status, cause } = await stage.sync({ modelName: name });
  expect(status).toBe('FAILED');
  expect(cause).toContain('The sandbox was told to fail this call');
  expect(await listPackages(stage.aws, group)).toHaveLength(1);
  expect(await stage.sync({ modelName: name })).toMatchObject({
    status: 'SUCCEEDED',
    output: { models: [{ created: 1 }] },
  });
  expect(await listPackages(stage.aws, group)).toHaveLength(2);
}, 120_000);
