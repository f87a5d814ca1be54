import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ArtifactStore } from '../../../lambda/shared/registry/artifact-store';
import { connectRegistry } from '../../../lambda/shared/registry/connect';
import { RegistryHttp } from '../../../lambda/shared/registry/http/registry-http';
import type { ModelRegistry, ModelVersion } from '../../../lambda/shared/registry/registry';
import type { SandboxContext } from '../../../sandbox/cli/context';
import { call, transitionStage } from '../../../sandbox/demo/registry';
import { trainModel } from '../../../sandbox/demo/trained-model';
import { ARTIFACT_STORE_BUCKET } from '../../../sandbox/deploy/accounts';
import { s3Environment } from '../../../sandbox/mlflow/mlflow';
import type { Part } from '../../../sandbox/processes/part';
import { allows, permittedOf, recordedCalls } from '../../support/permissions';
import { startS3Mlflow } from '../../support/s3-mlflow';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

/** By model and path: bytes and SHA-256, as MLflow's own client reads them. */
type Seen = Record<string, Record<string, [number, string]>>;

const run = promisify(execFile);
const SECRET = { MLFLOW_TRACKING_USERNAME: 'anybody', MLFLOW_TRACKING_PASSWORD: 'not-checked' };
let context: SandboxContext;
let stage: Stage;
let mlflow: Part;
let prefix: string;
let seen: Seen;

beforeAll(async () => {
  context = await useSandbox();
  stage = stages(context).openSource;
  prefix = stage.name('stores');
  await stage.aws.s3.send(new CreateBucketCommand({ Bucket: ARTIFACT_STORE_BUCKET })).catch((error: Error) => {
    if (error.name !== 'BucketAlreadyOwnedByYou') {
      throw error;
    }
  });
  mlflow = await startS3Mlflow(context, `s3://${ARTIFACT_STORE_BUCKET}/${prefix}/proxied`);
  seen = await logModels(mlflow.spec.url, `s3://${ARTIFACT_STORE_BUCKET}/${prefix}/direct`);
}, UP_TIMEOUT_MS);

afterAll(() => mlflow?.stop());

async function logModels(server: string, ...direct: string[]): Promise<Seen> {
  const { stdout } = await run(context.openSource.PYTHON, [join(__dirname, 'artifact_stores.py'), prefix, ...direct], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      MLFLOW_TRACKING_URI: server,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      PYTHONWARNINGS: 'ignore',
      PYTHONUTF8: '1',
      ...s3Environment(context.openSource.AWS_ENDPOINT_URL),
    },
    maxBuffer: 16 * 1024 * 1024,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Seen;
}

const storeOf = (place: string) => new ArtifactStore(stage.aws.s3, { bucket: ARTIFACT_STORE_BUCKET, prefix: place });

function registryOf(server: string, store?: ArtifactStore): ModelRegistry {
  return connectRegistry(JSON.stringify({ MLFLOW_TRACKING_URI: server, ...SECRET }), store);
}

async function versionOf(registry: ModelRegistry, name: string): Promise<ModelVersion> {
  const version = await registry.getVersion(name, '1');
  if (version === undefined) {
    throw new Error(`${name} has no version 1`);
  }
  return version;
}

/** Each file whole, and once more from its middle on, as one that broke there. */
async function readAll(registry: ModelRegistry, version: ModelVersion, tagged: boolean): Promise<Seen[string]> {
  const found: Seen[string] = {};
  for (const { path, size } of await registry.listFiles(version)) {
    const whole = await registry.openFile(version, path);
    const bytes = await buffer(whole.bytes);
    expect([path, whole.etag !== undefined]).toEqual([path, tagged]);
    const offset = Math.floor(size / 2);
    const rest = await buffer((await registry.openFile(version, path, { offset, etag: whole.etag })).bytes);
    expect([path, rest.equals(bytes.subarray(offset))]).toEqual([path, true]);
    found[path] = [bytes.length, createHash('sha256').update(bytes).digest('hex')];
  }
  return found;
}

const of = (kind: string) => Object.keys(seen).filter((name) => name.startsWith(`${prefix}-${kind}-`));

test('what the server keeps in S3 comes by the addresses that it signs, all of it and from the middle on', async () => {
  expect(of('proxied')).toHaveLength(2);
  for (const name of of('proxied')) {
    const registry = registryOf(mlflow.spec.url);
    const version = await versionOf(registry, name);
    expect(await readAll(registry, version, true)).toEqual(seen[name]);
    expect(await registry.locate(version)).toBeUndefined();
  }
}, 120_000);

test('what is in S3 by itself is read there, with entity tags for checksums', async () => {
  expect(of('direct')).toHaveLength(2);
  for (const name of of('direct')) {
    const registry = registryOf(mlflow.spec.url, storeOf(`${prefix}/`));
    const version = await versionOf(registry, name);
    expect(await readAll(registry, version, true)).toEqual(seen[name]);
    const files = await registry.listFiles(version);
    expect(files.filter(({ checksum }) => !checksum?.startsWith('etag:"'))).toEqual([]);
    const place = await registry.locate(version);
    const [{ path, checksum } = { path: '', checksum: '' }] = files;
    const { ETag } = await stage.aws.s3.send(
      new HeadObjectCommand({ Bucket: place?.bucket, Key: `${place?.prefix}${path}` }),
    );
    expect(checksum).toBe(`etag:${ETag}`);
  }
}, 120_000);

test('what is in S3 outside the place that was named comes through the registry, or by what it signs for runs', async () => {
  for (const name of of('direct')) {
    const registry = registryOf(mlflow.spec.url, storeOf('another/'));
    const version = await versionOf(registry, name);
    expect(await registry.locate(version)).toBeUndefined();
    expect(await readAll(registry, version, name.endsWith('-run'))).toEqual(seen[name]);
  }
}, 120_000);

test('the proxy of a store in S3 gives the right bytes from a position on, though its entity tags change all the time', async () => {
  const registry = registryOf(mlflow.spec.url);
  const [name = ''] = of('proxied').filter((one) => one.endsWith('-run'));
  const { runId } = await versionOf(registry, name);
  const http = new RegistryHttp(mlflow.spec.url, { kind: 'none' });
  const proxied = (offset: number) =>
    http.stream(
      '/get-artifact',
      { run_uuid: runId, path: 'folder/weights.bin' },
      { offset, etag: '"of-another-answer"' },
    );
  const whole = await buffer((await proxied(0)).bytes);
  expect(createHash('sha256').update(whole).digest('hex')).toBe(seen[name]?.['weights.bin']?.[1]);
  expect((await buffer((await proxied(8_000_000)).bytes)).equals(whole.subarray(8_000_000))).toBe(true);
}, 60_000);

test('a file that is replaced while it is read is refused', async () => {
  const registry = registryOf(mlflow.spec.url, storeOf(`${prefix}/`));
  const version = await versionOf(registry, of('direct').filter((one) => one.endsWith('-run'))[0] ?? '');
  const place = await registry.locate(version);
  const { bytes, etag } = await registry.openFile(version, 'empty');
  await buffer(bytes);
  await stage.aws.s3.send(
    new PutObjectCommand({ Bucket: place?.bucket, Key: `${place?.prefix}empty`, Body: 'no longer' }),
  );
  await expect(registry.openFile(version, 'empty', { offset: 4, etag })).rejects.toMatchObject({
    name: 'RefusedError',
    message: expect.stringContaining('changed while it was read'),
  });
});

test('what the server keeps in a folder comes through it', async () => {
  const local = await logModels(context.openSource.MLFLOW_TRACKING_URI);
  for (const [name, files] of Object.entries(local)) {
    const registry = registryOf(context.openSource.MLFLOW_TRACKING_URI, storeOf(`${prefix}/`));
    expect(await readAll(registry, await versionOf(registry, name), false)).toEqual(files);
  }
}, 120_000);

test('a sync packs a version from S3, with just the rights that it is granted', async () => {
  const name = stage.name('from-s3');
  const experiment = `${name}-experiment`;
  await call(stage.env, 'POST', 'experiments/create', {
    name: experiment,
    artifact_location: `s3://${ARTIFACT_STORE_BUCKET}/${name}`,
  });
  const { version } = await trainModel(stage.env, 'sklearn', name, 0, {
    MLFLOW_EXPERIMENT_NAME: experiment,
    ...s3Environment(stage.env.AWS_ENDPOINT_URL),
  });
  const group = await stage.enrol(name);
  await transitionStage(stage.env, name, version, 'Staging');
  await stage.sync({ modelName: name });
  expect(await stage.versionsIn(group)).toEqual([version]);
  const calls = (await recordedCalls(stage.env)).filter(({ resource }) => resource.includes(ARTIFACT_STORE_BUCKET));
  const functions = await permittedOf(stage.env);
  for (const step of ['FunctionsPlan', 'FunctionsCreate']) {
    const [permitted] = functions.filter((one) => one.name.includes(step));
    const made = calls.filter((one) => one.function === permitted?.function);
    expect(made.map(({ action }) => action)).toEqual(expect.arrayContaining(['s3:GetObject', 's3:ListBucket']));
    expect(made.filter((one) => permitted === undefined || !allows(permitted, one))).toEqual([]);
  }
  expect(new Set(calls.map(({ action }) => action))).toEqual(new Set(['s3:GetObject', 's3:ListBucket']));
}, 200_000);
