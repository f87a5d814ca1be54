import { enrolModel, unenrolModel } from '../../../sandbox/demo/enrolment';
import { listPackages } from '../../../sandbox/demo/packages';
import { call, deleteAlias, setAlias, transitionStage } from '../../../sandbox/demo/registry';
import { until } from '../../../sandbox/demo/until';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

let databricks: Stage;
let openSource: Stage;

beforeAll(async () => {
  ({ databricks, openSource } = stages(await useSandbox()));
  await Promise.all([databricks.model(), openSource.model()]);
}, UP_TIMEOUT_MS);

/** How many webhooks the registry has for our receiver. */
async function webhooks(stage: Stage, modelName?: string): Promise<number> {
  if (modelName === undefined) {
    const answer = (await call(stage.env, 'GET', 'webhooks?max_results=100')) as { webhooks?: { url: string }[] };
    return (answer.webhooks ?? []).filter(({ url }) => url === stage.env.WEBHOOK_URL).length;
  }
  const query = new URLSearchParams({ model_name: modelName });
  const answer = (await call(stage.env, 'GET', `registry-webhooks/list?${query}`)) as { webhooks?: unknown[] };
  return (answer.webhooks ?? []).length;
}

test('an enrolled model has its webhook at Databricks; without enrolment its packages stay, marked, and are adopted again', async () => {
  const name = databricks.name('enrolled');
  const version = await databricks.register(name);
  const group = await databricks.enrol(name);
  expect(await webhooks(databricks, name)).toBe(1);
  await transitionStage(databricks.env, name, version, 'Production');
  const [made] = await until('the package', async () => {
    const packages = await listPackages(databricks.aws, group);
    return packages.length === 1 && packages;
  });

  await unenrolModel(databricks.aws, `enrolment-${name}`);
  expect(await webhooks(databricks, name)).toBe(0);
  const marked = await until('the mark', async () => {
    const [one] = await listPackages(databricks.aws, group);
    return one?.metadata.mlflow_synced === 'false' && one;
  });
  expect(marked.arn).toBe(made?.arn);

  await databricks.enrol(name);
  const adopted = await until('the adoption', async () => {
    const [one] = await listPackages(databricks.aws, group);
    return one?.metadata.mlflow_synced === 'true' && one;
  });
  expect(adopted.arn).toBe(made?.arn);
}, 120_000);

test('open-source MLflow has one webhook for all models, until the last one goes', async () => {
  const names = [openSource.name('one'), openSource.name('two')];
  await Promise.all(names.map((name) => openSource.register(name)));
  await Promise.all(names.map((name) => enrolModel(openSource.aws, `enrolment-${name}`, name)));
  expect(await webhooks(openSource)).toBe(1);
  await unenrolModel(openSource.aws, `enrolment-${names[0]}`);
  expect(await webhooks(openSource)).toBe(1);
  await unenrolModel(openSource.aws, `enrolment-${names[1]}`);
}, 120_000);

test('a model that does not exist yet is enrolled once it does', async () => {
  const name = databricks.name('later');
  const group = await enrolModel(databricks.aws, `enrolment-${name}`, name);
  expect(await webhooks(databricks, name)).toBe(0);
  const version = await databricks.register(name);
  await transitionStage(databricks.env, name, version, 'Staging');
  await until(
    'the package of the pending model',
    async () => (await listPackages(databricks.aws, group)).length === 1,
    150_000,
  );
  expect(await webhooks(databricks, name)).toBe(1);
}, 200_000);

test('a model without a name is refused', async () => {
  await expect(enrolModel(openSource.aws, openSource.name('nameless'), '')).rejects.toThrow(/ModelName/);
}, 60_000);

test('an alias moved from one version to another moves the environment, and one taken away ends it', async () => {
  const name = openSource.name('moved');
  const first = await openSource.register(name);
  const second = await openSource.register(name);
  const group = await openSource.enrol(name);
  await setAlias(openSource.env, name, first, 'production');
  await until(
    'the first',
    async () => (await listPackages(openSource.aws, group))[0]?.metadata.mlflow_version === first,
  );
  await setAlias(openSource.env, name, second, 'production');
  await until('the second alone', async () => {
    const packages = await listPackages(openSource.aws, group);
    return packages.length === 1 && packages[0]?.metadata.mlflow_version === second;
  });
  await deleteAlias(openSource.env, name, 'production');
  await until('nothing', async () => (await listPackages(openSource.aws, group)).length === 0);
}, 120_000);
