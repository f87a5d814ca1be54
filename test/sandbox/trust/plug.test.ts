import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { TOLERANCE } from '../../../sandbox/demo/comparison';
import { listPackages } from '../../../sandbox/demo/packages';
import { call, transitionStage } from '../../../sandbox/demo/registry';
import { type TrainedModel, trainModel } from '../../../sandbox/demo/trained-model';
import { inFull, tried } from '../../../trust/sizes';
import { Deployment } from '../../support/deployments';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

/* What is pulled out from under an endpoint while another one is to come up beside it: what serves goes on serving. */

const RUNS_MS = 600_000;
const BETWEEN_CALLS_MS = 100;

let stage: Stage;
let name: string;
let deployment: Deployment;
let serving: TrainedModel;
let endpoint: string;

beforeAll(async () => {
  stage = stages(await useSandbox()).databricks;
  name = stage.name('plug');
  serving = await trainModel(stage.env, 'sklearn', name);
  await transitionStage(stage.env, name, serving.version, 'Staging');
  deployment = await Deployment.provision(stage, name);
  const [run] = await deployment.settled();
  expect(run?.status).toBe('Succeeded');
  endpoint = `${deployment.group}-1-staging`;
}, UP_TIMEOUT_MS + RUNS_MS);

/**
 * Calls the endpoint all the time while something happens.
 *
 * @returns how many calls were answered; a call that failed, or was answered by another model, fails the test
 */
async function servedWhile(happening: () => Promise<unknown>): Promise<number> {
  let over = false;
  let answered = 0;
  const caller = async () => {
    while (!over) {
      expect(await deployment.difference(endpoint, serving)).toBeLessThan(TOLERANCE);
      answered += 1;
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_CALLS_MS));
    }
  };
  const work = happening().finally(() => {
    over = true;
  });
  await Promise.all([work, caller()]);
  return answered;
}

/** A version of its own bytes, whose files may be added to before it is promoted. */
async function retrained(seed: number, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const { version } = await trainModel(stage.env, 'sklearn', name, seed);
  const query = new URLSearchParams({ name, version });
  const { model_version } = (await call(stage.behind, 'GET', `model-versions/get?${query}`)) as {
    model_version: { source: string };
  };
  const id = model_version.source.replace('models:/', '');
  const { model } = (await call(stage.behind, 'GET', `logged-models/${id}`)) as {
    model: { info: { artifact_uri: string } };
  };
  const folder = model.info.artifact_uri.replace(/^mlflow-artifacts:\/*/, '');
  for (const [path, body] of Object.entries(files)) {
    const address = `${stage.env.MLFLOW_SERVER_URI}/api/2.0/mlflow-artifacts/artifacts/${folder}/${path}`;
    expect((await fetch(address, { method: 'PUT', body })).status).toBe(200);
  }
  return version;
}

/** Pulls the plug: the archive of a version's package is gone. */
async function deleteArchive(version: string): Promise<void> {
  const packages = await stage.untilPackages(deployment.group, (all) =>
    all.some(({ metadata }) => metadata.mlflow_version === version),
  );
  const [made] = packages.filter(({ metadata }) => metadata.mlflow_version === version);
  const url = made?.described.InferenceSpecification?.Containers?.[0]?.ModelDataUrl ?? '';
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(url) ?? [];
  await stage.aws.s3.send(new DeleteObjectCommand({ Bucket, Key }));
}

/** A version is to come up in Staging and does not; then people take it back. */
async function expectToFail(version: string, promote: () => Promise<unknown>, said: RegExp): Promise<void> {
  const answered = await servedWhile(async () => {
    const [run, ...others] = await deployment.runsOf(promote, RUNS_MS);
    expect([run?.status, others]).toEqual(['Failed', []]);
    expect(await deployment.failure()).toMatch(said);
    expect(await deployment.endpoints()).toEqual([endpoint]);
    const runs = await deployment.runsOf(() => transitionStage(stage.env, name, version, 'Archived'), RUNS_MS);
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded']);
    expect(await deployment.endpoints()).toEqual([endpoint]);
  });
  expect(answered).toBeGreaterThan(10);
  tried('endpoints', answered);
}

inFull()(
  'a package whose archive is gone: the old endpoint serves, the reason is told, and promoted again it is packed again',
  async () => {
    const version = await retrained(5);
    const promote = () => transitionStage(stage.env, name, version, 'Staging');
    await expectToFail(
      version,
      async () => {
        await promote();
        await deleteArchive(version);
      },
      /Could not find model data at s3:/,
    );
    await servedWhile(async () => {
      const runs = await deployment.runsOf(promote, RUNS_MS);
      expect(runs.map(({ status }) => status)).toEqual(['Succeeded']);
      expect(await deployment.endpoints()).toEqual([endpoint, `${deployment.group}-${version}-staging`]);
    });
    await deployment.runsOf(() => transitionStage(stage.env, name, version, 'Archived'), RUNS_MS);
  },
  4 * RUNS_MS,
);

inFull().each([
  ['breaks while it loads', 'raise RuntimeError("no such device")', /did not pass the ping health check/],
  ['never gets ready', 'import time\n    time.sleep(3600)', /did not pass the ping health check/],
] as [string, string, RegExp][])(
  'an endpoint that %s: the old one serves, and the reason is told',
  async (_what, loading, said) => {
    const script = `def model_fn(model_dir):\n    ${loading}\n`;
    const version = await retrained(7, { 'sagemaker/inference.py': script });
    await expectToFail(version, () => transitionStage(stage.env, name, version, 'Staging'), said);
  },
  4 * RUNS_MS,
);

inFull()(
  'runs that overtake each other: the old endpoint serves, and what was last wanted stands in the end',
  async () => {
    const version = await retrained(9);
    const answered = await servedWhile(async () => {
      const runs = await deployment.runsOf(async () => {
        await transitionStage(stage.env, name, version, 'Production');
        await deployment.untilAction('Synth');
        for (const concurrency of [3, 4, 5]) {
          deployment.pushConfiguration(`At most ${concurrency}`, (text) =>
            text.replace(/ServerlessMaxConcurrency: \d+/, `ServerlessMaxConcurrency: ${concurrency}`),
          );
          await new Promise((resolve) => setTimeout(resolve, 1_000));
        }
      }, RUNS_MS);
      expect(runs[0]?.status).toBe('Succeeded');
      expect(runs.map(({ status }) => status)).toContain('Superseded');
      expect(runs.map(({ status }) => status)).not.toContain('Failed');
    });
    expect(answered).toBeGreaterThan(10);
    const production = `${deployment.group}-${version}-production`;
    expect(await deployment.endpoints()).toEqual([endpoint, production].sort());
    const { ProductionVariants } = await deployment.describe(production);
    expect(ProductionVariants?.[0]?.CurrentServerlessConfig).toMatchObject({ MaxConcurrency: 5 });
    const packages = await listPackages(stage.aws, deployment.group);
    expect(packages.map(({ metadata }) => metadata.mlflow_environments).sort()).toEqual(['Production', 'Staging']);
    tried('endpoints', answered);
  },
  2 * RUNS_MS,
);
