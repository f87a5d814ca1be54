import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { copyModelFiles } from '../../../lambda/create/copies/copy-model-files';
import { TOLERANCE } from '../../../sandbox/demo/comparison';
import { listPackages } from '../../../sandbox/demo/packages';
import { call, setAlias, setTag, transitionStage } from '../../../sandbox/demo/registry';
import { type TrainedModel, trainModel } from '../../../sandbox/demo/trained-model';
import { ARTIFACT_STORE_BUCKET } from '../../../sandbox/deploy/accounts';
import { s3Environment } from '../../../sandbox/mlflow/mlflow';
import { inFull, tried } from '../../../trust/sizes';
import { Deployment } from '../../support/deployments';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

/*
 * A model whose files the registry keeps in S3 and whose tag asks for them as they are. Each test goes on where the one before
 * it stopped, since a pipeline run takes half a minute.
 */

const RUNS_MS = 400_000;
const TAG = 'sagemaker_deploy_model_data';

let stage: Stage;
let name: string;
let deployment: Deployment;
let model: TrainedModel;

beforeAll(async () => {
  ({ openSource: stage } = stages(await useSandbox()));
  name = stage.name('uncompressed');
  await stage.aws.s3.send(new CreateBucketCommand({ Bucket: ARTIFACT_STORE_BUCKET })).catch((error: Error) => {
    if (error.name !== 'BucketAlreadyOwnedByYou') {
      throw error;
    }
  });
  deployment = await Deployment.provision(stage, name);
  const location = `s3://${ARTIFACT_STORE_BUCKET}/${name} with + and ü`;
  await call(stage.env, 'POST', 'experiments/create', { name, artifact_location: location });
  model = await trainModel(stage.env, 'sklearn', name, 3, {
    MLFLOW_EXPERIMENT_NAME: name,
    ...s3Environment(stage.env.AWS_ENDPOINT_URL),
  });
  await setTag(stage.env, name, model.version, TAG, 'uncompressed');
}, RUNS_MS + UP_TIMEOUT_MS);
afterEach(() => tried('life-cycle', 1));

/** Keys and sizes of what the sync put into its bucket for the model. */
async function objects(): Promise<[string, number][]> {
  const { Contents } = await stage.aws.s3.send(
    new ListObjectsV2Command({ Bucket: stage.env.ARTIFACT_BUCKET, Prefix: `models/${deployment.group}/` }),
  );
  return (Contents ?? []).map(({ Key = '', Size = 0 }) => [Key, Size]);
}

/** What the model's only package refers to. */
async function modelData() {
  const [registered, ...others] = await listPackages(stage.aws, deployment.group);
  expect(others).toEqual([]);
  const [container] = registered?.described.InferenceSpecification?.Containers ?? [];
  return { metadata: registered?.metadata, container };
}

test(
  'in Staging its endpoint loads the files that S3 copied, and predicts as MLflow does',
  async () => {
    const runs = await deployment.runsOf(() => setAlias(stage.env, name, model.version, 'staging'));
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded']);
    expect(await deployment.difference(`${deployment.group}-1-staging`, model)).toBeLessThan(TOLERANCE);

    const { metadata, container } = await modelData();
    expect(metadata).toMatchObject({ mlflow_deploy_model_data: 'uncompressed' });
    expect(container?.ModelDataUrl).toBeUndefined();
    const { S3Uri = '', ...how } = container?.ModelDataSource?.S3DataSource ?? {};
    expect(how).toMatchObject({ S3DataType: 'S3Prefix', CompressionType: 'None' });
    const prefix = S3Uri.slice(`s3://${stage.env.ARTIFACT_BUCKET}/`.length);
    const files = (await objects()).map(([key]) => key);
    expect(files.every((key) => key.startsWith(prefix))).toBe(true);
    expect(files).toEqual(expect.arrayContaining([`${prefix}MLmodel`, `${prefix}model.skops`]));
  },
  RUNS_MS,
);

test('nothing is copied twice', async () => {
  const before = await objects();
  const { status } = await stage.sync({ modelName: name, verify: true });
  expect(status).toBe('SUCCEEDED');
  expect(await objects()).toEqual(before);
});

inFull()(
  'to Production, which is serverless, it does not go, and the pipeline says what and why',
  async () => {
    const runs = await deployment.runsOf(() => setAlias(stage.env, name, model.version, 'production'));
    expect(runs.map(({ status }) => status)).toEqual(['Failed']);
    const failure = await deployment.failure();
    expect(failure).toContain('version 1: its files are not in an archive');
    expect(failure).toContain('Production.ServerlessMaxConcurrency (2)');
    expect(failure).toContain('take the tag sagemaker_deploy_model_data (uncompressed) away');
    expect(await deployment.endpoints()).toEqual([`${deployment.group}-1-staging`]);
    expect(await deployment.difference(`${deployment.group}-1-staging`, model)).toBeLessThan(TOLERANCE);
  },
  RUNS_MS,
);

inFull()(
  'with the tag taken away it is an archive, and in both environments',
  async () => {
    const version = { name, version: model.version, key: TAG };
    const runs = await deployment.runsOf(() => call(stage.env, 'DELETE', 'model-versions/delete-tag', version));
    expect(runs.at(0)?.status).toBe('Succeeded');
    const { metadata, container } = await modelData();
    expect(metadata).not.toHaveProperty('mlflow_deploy_model_data');
    expect(container?.ModelDataUrl).toMatch(/\/model\.tar\.gz$/);
    for (const environment of ['staging', 'production']) {
      expect(await deployment.difference(`${deployment.group}-1-${environment}`, model)).toBeLessThan(TOLERANCE);
    }
  },
  RUNS_MS,
);

test(
  'a version whose files are elsewhere is refused alone, with the tag, the source and the way out',
  async () => {
    const elsewhere = stage.name('elsewhere');
    const version = await stage.register(elsewhere);
    await setTag(stage.env, elsewhere, version, TAG, 'uncompressed');
    const group = await stage.enrol(elsewhere);
    // Of a stage no webhook tells, so the only sync is the one below.
    await transitionStage(stage.env, elsewhere, version, 'Staging');
    const { status, cause } = await stage.sync({ modelName: elsewhere });
    expect(status).toBe('FAILED');
    expect(cause).toContain('the tag sagemaker_deploy_model_data asks for uncompressed files');
    expect(cause).toContain('mlflow-mlops:artifact-store');
    expect(await listPackages(stage.aws, group)).toEqual([]);
    // A sync of all would fail for its sake.
    await transitionStage(stage.env, elsewhere, version, 'Archived');
  },
  RUNS_MS,
);

test('a file of many parts is copied byte for byte, whatever its name', async () => {
  const MIB = 1024 ** 2;
  const bytes = Buffer.alloc(12 * MIB, 'abcdefg');
  const path = 'a b+c%2B?versionId=ü/weights #1.bin';
  const from = { bucket: ARTIFACT_STORE_BUCKET, prefix: `${name}-large/` };
  const to = { bucket: stage.env.ARTIFACT_BUCKET, prefix: `models/${name}-large/` };
  const { ETag } = await stage.aws.s3.send(
    new PutObjectCommand({ Bucket: from.bucket, Key: from.prefix + path, Body: bytes }),
  );
  const job = {
    client: stage.aws.s3,
    from,
    to,
    files: [{ path, size: bytes.length, checksum: `etag:${ETag}` }],
    entries: [{ path: `model/${path}`, size: bytes.length, source: path }],
    stop: new AbortController().signal,
    limits: { wholeBytesMax: 6 * MIB, partBytes: 5 * MIB, parts: 100, atOnce: 2 },
  };
  expect(await copyModelFiles(job)).toEqual({ outcome: 'done' });
  expect(await copyModelFiles(job)).toEqual({ outcome: 'found' });
  const copy = await stage.aws.s3.send(new GetObjectCommand({ Bucket: to.bucket, Key: `${to.prefix}model/${path}` }));
  // Jest compares large buffers byte by byte, and slowly.
  expect(bytes.equals((await copy.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
});
