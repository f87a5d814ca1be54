import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ListBuildsForProjectCommand } from '@aws-sdk/client-codebuild';
import { ENVIRONMENT_IMAGES } from '../../../lib/names';
import type { SandboxEnv } from '../../../sandbox/cli/context';
import { createEndpoint, deleteEndpoint, largestDifference, predict } from '../../../sandbox/demo/endpoint';
import { listPackages, type SeenPackage } from '../../../sandbox/demo/packages';
import { call, setAlias, transitionStage } from '../../../sandbox/demo/registry';
import { type ModelKind, trainModel } from '../../../sandbox/demo/trained-model';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

let stage: Stage;
let databricks: Stage;

beforeAll(async () => {
  ({ openSource: stage, databricks } = stages(await useSandbox()));
}, UP_TIMEOUT_MS);

/** Trains, promotes, syncs, deploys and asks; gives the package and how far the answer is from MLflow's own. */
async function deploy(stage: Stage, kind: ModelKind): Promise<SeenPackage & { difference: number }> {
  const name = stage.name(`flavor-${kind}`);
  const { version, request, predictions } = await trainModel(stage.env, kind, name);
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

test.each<ModelKind>(['pyfunc', 'lightgbm'])(
  '%s answers from an image with its own environment',
  async (kind) => {
    const { metadata, described, difference } = await deploy(kind === 'lightgbm' ? databricks : stage, kind);
    expect(metadata).toMatchObject({ mlflow_flavor: 'python_function', mlflow_environment: expect.any(String) });
    const [{ Image } = {}] = described.InferenceSpecification?.Containers ?? [];
    expect(Image).toMatch(/\/mlflow-mlops-environments@sha256:[0-9a-f]{64}$/);
    expect(difference).toBeLessThan(1e-6);
  },
  300_000,
);

/** Logs a model with requirements of the test's; gives its version. */
async function logWith(env: SandboxEnv, name: string, requirements: readonly string[]): Promise<string> {
  const script = `
import json, sys, mlflow
from sklearn.linear_model import LinearRegression
name, requirements = sys.argv[1], json.loads(sys.argv[2])
model = LinearRegression().fit([[1.0], [2.0]], [2, 4])
print(mlflow.sklearn.log_model(model, name="m", pip_requirements=requirements, registered_model_name=name).registered_model_version)
`;
  const { stdout } = await promisify(execFile)(env.PYTHON, ['-c', script, name, JSON.stringify(requirements)], {
    env: { ...process.env, MLFLOW_TRACKING_URI: env.MLFLOW_TRACKING_URI, MLFLOW_DISABLE_TELEMETRY: 'true' },
  });
  return stdout.trim().split('\n').at(-1) ?? '';
}

/** The builds of environment images so far. */
async function builds(): Promise<string[] | undefined> {
  const project = { projectName: ENVIRONMENT_IMAGES };
  return (await stage.aws.codeBuild.send(new ListBuildsForProjectCommand(project))).ids;
}

test('what cannot be built fails alone, with the reason and the fix, and is not built again', async () => {
  const name = stage.name('impossible');
  const good = await stage.register(name);
  const impossible = await logWith(stage.env, name, ['scikit-learn', 'no-such-package-of-anybody==1.0']);
  const group = await stage.enrol(name);
  await setAlias(stage.env, name, impossible, 'staging');
  await setAlias(stage.env, name, good, 'production');
  const { status, cause } = await stage.sync({ modelName: name });
  expect(status).toBe('FAILED');
  expect(cause).toContain('no-such-package-of-anybody was not found');
  expect(cause).toContain('name its index in mlflow-mlops:environment-indexes');
  expect(cause).toContain(`"version":"${impossible}"`);
  expect((await listPackages(stage.aws, group)).map(({ metadata }) => metadata.mlflow_version)).toEqual([good]);
  const built = await builds();
  expect((await stage.sync({ modelName: name })).status).toBe('FAILED');
  expect(await builds()).toEqual(built);
  // A sync of all would fail for its sake.
  await call(stage.env, 'DELETE', 'registered-models/alias', { name, alias: 'staging' });
}, 300_000);

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
