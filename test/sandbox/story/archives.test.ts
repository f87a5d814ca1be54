import { createHash } from 'node:crypto';
import { request } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { LambdaClient, paginateListFunctions, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { extract } from 'tar-stream';
import { groupPrefix } from '../../../lambda/shared/packing/content-key';
import { UNUSED_SINCE } from '../../../lambda/shared/packing/unused-mark';
import { listPackages } from '../../../sandbox/demo/packages';
import { call, transitionStage } from '../../../sandbox/demo/registry';
import { trainModel } from '../../../sandbox/demo/trained-model';
import { clientConfig } from '../../../sandbox/deploy/clients';
import { sampleBytes } from '../../support/archive/files';
import { recordedCalls } from '../../support/permissions';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

let stage: Stage;

beforeAll(async () => {
  stage = stages(await useSandbox()).openSource;
  await stage.model();
}, UP_TIMEOUT_MS);

const bucket = () => stage.env.ARTIFACT_BUCKET;

/** Keys of what is packed for a group, and when each was written. */
async function packed(group: string): Promise<Record<string, number>> {
  const { Contents } = await stage.aws.s3.send(
    new ListObjectsV2Command({ Bucket: bucket(), Prefix: groupPrefix(group) }),
  );
  return Object.fromEntries((Contents ?? []).map(({ Key = '', LastModified }) => [Key, LastModified?.getTime() ?? 0]));
}

async function mark(key: string): Promise<string | undefined> {
  const { TagSet } = await stage.aws.s3.send(new GetObjectTaggingCommand({ Bucket: bucket(), Key: key }));
  return TagSet?.find(({ Key }) => Key === UNUSED_SINCE)?.Value;
}

async function markAs(key: string, since: string): Promise<void> {
  const Tagging = { TagSet: [{ Key: UNUSED_SINCE, Value: since }] };
  await stage.aws.s3.send(new PutObjectTaggingCommand({ Bucket: bucket(), Key: key, Tagging }));
}

test('an archive outlives its package for a while, is used again unpacked, and goes a week after its last package', async () => {
  const name = stage.name('comes-and-goes');
  const version = await stage.register(name);
  await transitionStage(stage.env, name, version, 'Staging');
  const group = await stage.enrol(name);
  const first = await packed(group);
  const [key = ''] = Object.keys(first);
  expect(Object.keys(first)).toHaveLength(1);
  expect(await mark(key)).toBeUndefined();

  await transitionStage(stage.env, name, version, 'Archived');
  await stage.sync({ modelName: name });
  expect(await stage.versionsIn(group)).toEqual([]);
  expect(Date.parse((await mark(key)) ?? '')).toBeGreaterThan(Date.now() - 600_000);

  // Promoted again: nothing is packed, and the mark is gone.
  await transitionStage(stage.env, name, version, 'Production');
  await stage.sync({ modelName: name });
  expect(await stage.versionsIn(group)).toEqual([version]);
  expect(await packed(group)).toEqual(first);
  expect(await mark(key)).toBeUndefined();

  // A mark on what is used is taken off: when the package goes, the archive has its week.
  await markAs(key, '2020-01-01T00:00:00.000Z');
  await stage.sync({ modelName: name, verify: true });
  expect(Object.keys(await packed(group))).toEqual([key]);
  expect(await mark(key)).toBeUndefined();

  await transitionStage(stage.env, name, version, 'Archived');
  await stage.sync({ modelName: name });
  expect(Object.keys(await packed(group))).toEqual([key]);
  expect(Date.parse((await mark(key)) ?? '')).toBeGreaterThan(Date.now() - 600_000);

  await markAs(key, '2020-01-01T00:00:00.000Z');
  await stage.sync({ modelName: name, verify: true });
  expect(await packed(group)).toEqual({});
}, 180_000);

test('what nobody refers to and uploads that nobody goes on with are swept, within the group alone', async () => {
  const name = stage.name('tidy');
  await transitionStage(stage.env, name, await stage.register(name), 'Staging');
  const group = await stage.enrol(name);
  const [used = ''] = Object.keys(await packed(group));
  const stranger = `${groupPrefix(group)}0000/model.tar.gz`;
  const neighbour = `${groupPrefix(`${group}-2`)}0000/model.tar.gz`;
  for (const Key of [stranger, neighbour]) {
    await stage.aws.s3.send(new PutObjectCommand({ Bucket: bucket(), Key, Body: 'x' }));
    await markAs(Key, '2020-01-01T00:00:00.000Z');
  }
  await stage.sync({ modelName: name, verify: true });
  expect(Object.keys(await packed(group))).toEqual([used]);
  await stage.aws.s3.send(new HeadObjectCommand({ Bucket: bucket(), Key: neighbour }));
}, 120_000);

test('versions of one artifact that are promoted together share an archive, which is packed once', async () => {
  const name = stage.name('twins');
  const versions = [await stage.register(name), await stage.register(name), await stage.register(name)];
  for (const version of versions) {
    await transitionStage(stage.env, name, version, 'Staging');
  }
  const group = await stage.enrol(name);
  const packages = await listPackages(stage.aws, group);
  expect(packages).toHaveLength(3);
  const urls = packages.map(({ described }) => described.InferenceSpecification?.Containers?.[0]?.ModelDataUrl);
  expect(new Set(urls).size).toBe(1);
  expect(Object.keys(await packed(group))).toHaveLength(1);
}, 120_000);

test('retrained models whose files have equal names and sizes have archives of their own', async () => {
  const name = stage.name('retrained');
  const seeds = [1, 2];
  for (const seed of seeds) {
    const { version } = await trainModel(stage.env, 'sklearn', name, seed);
    await transitionStage(stage.env, name, version, 'Staging');
  }
  const group = await stage.enrol(name);
  expect(await stage.versionsIn(group)).toEqual(['1', '2']);
  expect(Object.keys(await packed(group))).toHaveLength(2);
}, 180_000);

/** Name of the function that packs. */
async function createFunction(client: LambdaClient): Promise<string> {
  for await (const { Functions } of paginateListFunctions({ client }, {})) {
    const found = Functions?.find(({ Description }) => Description?.startsWith('Repacks one version'));
    if (found?.FunctionName !== undefined) {
      return found.FunctionName;
    }
  }
  throw new Error('no function repacks versions');
}

/** Puts a file beside those of a logged model, as MLflow's own client does through the server. */
async function addFile(modelId: string, path: string, bytes: Buffer): Promise<void> {
  const { model } = (await call(stage.env, 'GET', `logged-models/${modelId}`)) as {
    model: { info: { artifact_uri: string } };
  };
  const folder = model.info.artifact_uri.replace(/^mlflow-artifacts:\//, '');
  const url = `${stage.env.MLFLOW_TRACKING_URI}/api/2.0/mlflow-artifacts/artifacts/${folder}/${path}`;
  // On a connection of its own: one that the server is about to close takes no large body.
  const status = await new Promise((resolve, reject) => {
    const sent = request(url, { method: 'PUT', agent: false, headers: { 'content-length': bytes.length } });
    sent.on('response', ({ statusCode }) => resolve(statusCode)).on('error', reject);
    sent.end(bytes);
  });
  expect([path, status]).toEqual([path, 200]);
}

/** SHA-256 of each file of an archive. */
async function hashesOf(key: string): Promise<Record<string, string>> {
  const { Body } = await stage.aws.s3.send(new GetObjectCommand({ Bucket: bucket(), Key: key }));
  const hashes: Record<string, string> = {};
  for await (const entry of (Body as Readable).pipe(createGunzip()).pipe(extract())) {
    const hash = createHash('sha256');
    for await (const bytes of entry as AsyncIterable<Buffer>) {
      hash.update(bytes);
    }
    hashes[entry.header.name] = hash.digest('hex');
  }
  return hashes;
}

/** How often the function has run so far: each time it renews the model's claim, once. */
async function invocationsOf(functionName: string): Promise<number> {
  const calls = await recordedCalls(stage.env);
  const own = calls.filter(
    (call) => call.function.endsWith(`:${functionName}`) && call.action === 'dynamodb:UpdateItem',
  );
  return own.reduce((sum, { count }) => sum + count, 0);
}

// Of the function's 62 seconds 60 are kept in hand, and in two no registry here gives all of the model.
test('a model that takes longer than a function may run is packed by several invocations', async () => {
  const name = stage.name('long');
  const { version } = await trainModel(stage.env, 'sklearn', name);
  const query = new URLSearchParams({ name, version });
  const answer = (await call(stage.env, 'GET', `model-versions/get?${query}`)) as { model_version: { source: string } };
  // In several files: MLflow reads each of them whole before it gives its first byte.
  const shards = Array.from({ length: 5 }, (_, index) => sampleBytes(40 * 1024 * 1024 + index, 'noise', index));
  for (const [index, bytes] of shards.entries()) {
    await addFile(answer.model_version.source.replace('models:/', ''), `shard-${index}.bin`, bytes);
  }
  const group = await stage.enrol(name);

  const lambda = new LambdaClient(clientConfig(stage.env.AWS_ENDPOINT_URL, stage.env.AWS_ACCESS_KEY_ID));
  const FunctionName = await createFunction(lambda);
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 63 }));
  try {
    await transitionStage(stage.env, name, version, 'Staging');
    const before = await invocationsOf(FunctionName);
    await stage.sync({ modelName: name });
    expect(await stage.versionsIn(group)).toEqual([version]);
    expect(await invocationsOf(FunctionName)).toBeGreaterThan(before + 1);
    const [key = ''] = Object.keys(await packed(group));
    const archive = await hashesOf(key);
    for (const [index, bytes] of shards.entries()) {
      expect(archive[`model/shard-${index}.bin`]).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
  } finally {
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 900 }));
    lambda.destroy();
  }
}, 300_000);
