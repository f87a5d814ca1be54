import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { listPackages } from '../../../sandbox/demo/packages';
import { call, transitionStage } from '../../../sandbox/demo/registry';
import { tried } from '../../../trust/sizes';
import { alarmsSince } from '../../support/alarms';
import { faultsOf, type RunModel } from '../../support/oracle';
import { comeBack, goAway, show, showEverything } from '../../support/outage';
import { RegistrySecret, SECRET_TAKEN_SECONDS } from '../../support/registry-secret';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

let stage: Stage;
let registrySecret: RegistrySecret;
let models: RunModel[];
let change = 0;

beforeAll(async () => {
  stage = stages(await useSandbox()).databricks;
  registrySecret = new RegistrySecret(stage);
  await stage.model();
  const names = ['one', 'two', 'three'].map((base) => stage.name(`rights-${base}`));
  for (const name of names) {
    for (const target of ['Staging', 'Production']) {
      await transitionStage(stage.env, name, await stage.register(name), target);
    }
  }
  const groups = await stage.enrolAll(names);
  models = names.map((name, index) => ({ name, group: groups[index] ?? '' }));
  expect(await faultsOf(stage, models)).toEqual([]);
}, UP_TIMEOUT_MS);

afterEach(async () => {
  await comeBack(stage);
  await showEverything(stage);
});

/** All that could be deleted. */
async function everything(): Promise<unknown> {
  const objects: unknown[] = [];
  for (const { group } of models) {
    const page = { Bucket: stage.env.ARTIFACT_BUCKET, Prefix: `models/${group}/` };
    for await (const { Contents } of paginateListObjectsV2({ client: stage.aws.s3 }, page)) {
      objects.push(...(Contents ?? []).map(({ Key, ETag, Size }) => [Key, ETag, Size]));
    }
  }
  const packages = await Promise.all(models.map(({ group }) => listPackages(stage.aws, group)));
  return { objects, packages: packages.map((list) => list.map(({ arn, metadata }) => [arn, metadata])) };
}

/** Something that nobody tells of, so that whoever looks has something to do. */
async function changeSomething({ name }: RunModel): Promise<string> {
  const description = `change ${++change}`;
  await call(stage.behind, 'PATCH', 'model-versions/update', { name, version: '1', description });
  return description;
}

async function descriptionIn({ group }: RunModel): Promise<string | undefined> {
  const packages = await listPackages(stage.aws, group);
  return packages.find(({ metadata }) => metadata.mlflow_version === '1')?.metadata.mlflow_description;
}

const first = () => models[0] ?? { name: '', group: '' };

const LACKS: readonly {
  readonly what: string;
  readonly begin: () => Promise<void>;
  /** Of a sync of the first model. */
  readonly said: RegExp;
  readonly status: 'FAILED' | 'SUCCEEDED';
  readonly alarm: 'sync-failed' | 'deletions-blocked';
}[] = [
  {
    what: 'the token has expired',
    begin: () => goAway(stage, { seconds: 120, status: 401 }),
    said: /refused the credentials \(401\): check the registry's secret/,
    status: 'FAILED',
    alarm: 'sync-failed',
  },
  {
    what: 'one model may not be read',
    begin: () => goAway(stage, { seconds: 120, status: 403, model: first().name }),
    said: /refused the credentials \(403\): check the registry's secret/,
    status: 'FAILED',
    alarm: 'sync-failed',
  },
  {
    what: 'single versions may not be read',
    begin: () => goAway(stage, { seconds: 120, status: 403, path: '/get' }),
    said: /refused the credentials \(403\): check the registry's secret/,
    status: 'FAILED',
    alarm: 'sync-failed',
  },
  {
    what: 'the registry leaves a model out',
    begin: () => show(stage, ...models.slice(1).map(({ name }) => name)),
    said: /MLflow no longer lists the version 1 of/,
    status: 'SUCCEEDED',
    alarm: 'deletions-blocked',
  },
  {
    what: 'the registry leaves all out',
    begin: () => show(stage),
    said: /MLflow lists no models at all/,
    status: 'SUCCEEDED',
    alarm: 'deletions-blocked',
  },
];

test.each(LACKS)(
  '$what: nothing is deleted, the sync says why, an alarm fires, and the next sync continues',
  async ({ begin, said, status, alarm }) => {
    const since = Date.now();
    const before = await everything();
    const description = await changeSomething(first());
    await begin();
    for (const input of [{ modelName: first().name, verify: true }, { modelName: first().name }]) {
      const ended = await stage.sync(input);
      expect(ended.status).toBe(status);
      expect(ended.cause + JSON.stringify(ended.output)).toMatch(said);
    }
    expect(await alarmsSince(stage, since)).toEqual(expect.arrayContaining([alarm]));
    // How it goes for other tests' models is not looked at here.
    expect((await stage.sync({}, () => false)).status).toBe(status);
    expect(await everything()).toEqual(before);
    await comeBack(stage);
    await showEverything(stage);
    // Nobody was told: it is the hourly sync that goes on.
    await stage.sync({}, () => false);
    expect(await descriptionIn(first())).toBe(description);
    expect(await faultsOf(stage, models)).toEqual([]);
    tried('credentials', 3);
  },
  300_000,
);

test('a model that may not be read does not keep the others from being synced by the schedule', async () => {
  const [unreadable = first(), ...others] = models;
  const descriptions: string[] = [];
  for (const model of others) {
    descriptions.push(await changeSomething(model));
  }
  await goAway(stage, { seconds: 120, status: 403, model: unreadable.name });
  expect((await stage.sync({}, () => false)).status).toBe('FAILED');
  expect(await Promise.all(others.map(descriptionIn))).toEqual(descriptions);
  await comeBack(stage);
  tried('credentials', 1);
}, 300_000);

test('a token that is not taken any more deletes nothing, and a new one works within a minute, without a deployment', async () => {
  const good = await registrySecret.read();
  const arns = () =>
    Promise.all(models.map(async ({ group }) => (await listPackages(stage.aws, group)).map(({ arn }) => arn)));
  const before = await arns();
  const description = await changeSomething(first());
  try {
    const bad = JSON.stringify({ ...JSON.parse(good), DATABRICKS_TOKEN: 'dapi-of-yesterday' });
    await registrySecret.change(bad, first().name, ({ cause }) => cause.includes('refused the credentials (403)'));
    // Until the old one is forgotten, a sync may still have read and described.
    expect(await arns()).toEqual(before);
  } finally {
    const seconds = await registrySecret.change(good, first().name, ({ status }) => status === 'SUCCEEDED');
    expect(seconds).toBeLessThan(SECRET_TAKEN_SECONDS);
  }
  expect(await descriptionIn(first())).toBe(description);
  tried('credentials', 1);
}, 600_000);
