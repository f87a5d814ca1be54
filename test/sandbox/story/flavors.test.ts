import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { createEndpoint, deleteEndpoint, largestDifference, predict } from '../../../sandbox/demo/endpoint';
import { unenrolModel } from '../../../sandbox/demo/enrolment';
import { listPackages, type SeenPackage } from '../../../sandbox/demo/packages';
import { setAlias, setTag, transitionStage } from '../../../sandbox/demo/registry';
import { type ModelKind, trainModel } from '../../../sandbox/demo/trained-model';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

/** What people make with `mlflow sagemaker build-and-push-container`, in the account's own ECR. */
const PYFUNC = '222222222222.dkr.ecr.us-east-1.amazonaws.com/mlflow-pyfunc:3.17.2';
const IMAGE_TAG = 'sagemaker_deploy_image';

let stage: Stage;
let databricks: Stage;

beforeAll(async () => {
  ({ openSource: stage, databricks } = stages(await useSandbox()));
}, UP_TIMEOUT_MS);

/** Trains, tags, promotes, syncs, deploys and asks; gives the package and how far the answer is from MLflow's own. */
async function deploy(
  stage: Stage,
  kind: ModelKind,
  imageByTag?: string,
): Promise<SeenPackage & { difference: number }> {
  const name = stage.name(`flavor-${kind}`);
  const { version, request, predictions } = await trainModel(stage.env, kind, name);
  if (imageByTag !== undefined) {
    await setTag(stage.env, name, version, IMAGE_TAG, imageByTag);
  }
  await transitionStage(stage.env, name, version, 'Production');
  const group = await stage.enrol(name);
  const [modelPackage] = await listPackages(stage.aws, group);
  if (modelPackage === undefined) {
    throw new Error(`${name} has no package`);
  }
  await createEndpoint(stage.aws, name, modelPackage.arn);
  const difference = largestDifference((await predict(stage.aws, name, request)).flat(), predictions.flat());
  await deleteEndpoint(stage.aws, name);
  return { ...modelPackage, difference };
}

test('a TensorFlow SavedModel answers from the TensorFlow image', async () => {
  const { metadata, described, difference } = await deploy(stage, 'tensorflow');
  expect(metadata.mlflow_flavor).toBe('tensorflow');
  expect(described.InferenceSpecification?.Containers?.[0]?.Image).toContain('/tensorflow-inference:');
  expect(difference).toBeLessThan(1e-6);
}, 120_000);

test.each<ModelKind>(['pyfunc', 'keras'])(
  '%s answers from an image of MLflow that a tag names',
  async (kind) => {
    const { metadata, difference } = await deploy(stage, kind, PYFUNC);
    expect(metadata).toMatchObject({ mlflow_flavor: 'python_function', mlflow_tag_sagemaker_deploy_image: PYFUNC });
    expect(difference).toBeLessThan(1e-6);
  },
  120_000,
);

test('lightgbm answers from the image of MLflow that an SSM parameter names for all models', async () => {
  const Name = '/mlflow-mlops/python_function_image_uri';
  await databricks.aws.ssm.send(new PutParameterCommand({ Name, Value: PYFUNC, Type: 'String' }));
  try {
    const { metadata, described, difference } = await deploy(databricks, 'lightgbm');
    expect(metadata.mlflow_flavor).toBe('python_function');
    expect(described.InferenceSpecification?.Containers?.[0]?.Image).toBe(PYFUNC);
    expect(difference).toBeLessThan(1e-6);
  } finally {
    // Without the parameter the model cannot be packed any more, and each sync of all models would say so.
    await unenrolModel(databricks.aws, `enrolment-${databricks.name('flavor-lightgbm')}`);
    await databricks.idle();
    await databricks.aws.ssm.send(new DeleteParameterCommand({ Name }));
  }
}, 120_000);

test('what cannot be deployed fails alone, with reasons, and is tried again when the way out was taken', async () => {
  const name = stage.name('preflight');
  const { version: general } = await trainModel(stage.env, 'lightgbm', name);
  const good = await stage.register(name);
  const group = await stage.enrol(name);
  await setAlias(stage.env, name, general, 'staging');
  await setAlias(stage.env, name, good, 'production');

  const { status, cause } = await stage.sync({ modelName: name });
  expect(status).toBe('FAILED');
  expect(cause).toMatch(/python_function: AWS has no image.*python_function_image_uri.*sagemaker_deploy_image/);
  expect(cause).toContain(`"version":"${general}"`);
  expect((await listPackages(stage.aws, group)).map(({ metadata }) => metadata.mlflow_version)).toEqual([good]);

  await setTag(stage.env, name, general, IMAGE_TAG, PYFUNC);
  const again = await stage.sync({ modelName: name });
  expect(again).toMatchObject({ status: 'SUCCEEDED' });
  expect((await listPackages(stage.aws, group)).map(({ metadata }) => metadata.mlflow_version)).toContain(general);
}, 120_000);

test('a version that was copied from another model is packed from the files of that one', async () => {
  const from = stage.name('copied-from');
  const to = stage.name('copied-to');
  const version = await stage.register(from);
  await stage.register(to, `models:/${from}/${version}`);
  await setAlias(stage.env, to, '1', 'production');
  const group = await stage.enrol(to);
  expect((await listPackages(stage.aws, group)).map(({ metadata }) => metadata.mlflow_source)).toEqual([
    `models:/${from}/${version}`,
  ]);
}, 120_000);
