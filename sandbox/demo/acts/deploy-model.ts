import { pipelineRuns } from '../../catalog/pipelines';
import { type ProvisionedModel, provisionModel } from '../../catalog/provision';
import { terminateModel } from '../../catalog/terminate';
import type { SandboxContext, SandboxEnv } from '../../cli/context';
import { type Aws, awsOf } from '../aws';
import { comparePredictions } from '../comparison';
import { endpointsOf } from '../endpoint';
import { transitionStage } from '../registry';
import { timelineOf } from '../timeline';
import { type TrainedModel, trainModel } from '../trained-model';
import { until } from '../until';
import { seconds, secondsSince } from '../words';

/** Two runs of a pipeline on a busy machine. */
const RUN_MS = 300_000;

interface Scene {
  readonly say: SandboxContext['say'];
  readonly env: SandboxEnv;
  readonly aws: Aws;
  readonly product: ProvisionedModel;
}

/**
 * From promotion to endpoint, with the Databricks stand-in: the product is provisioned for a model, and from then on people only
 * promote and archive versions in the registry.
 */
export async function deployModel(say: SandboxContext['say'], env: SandboxEnv, run: string): Promise<void> {
  const aws = awsOf(env);
  const name = `demo-sklearn-${run}`;
  say(`Databricks stand-in: training two versions of a scikit-learn model, registered as ${name} (about 15 s)`);
  const first = await trainModel(env, 'sklearn', name);
  say(`  provisioning the Service Catalog product for ${name}`);
  const [product, second] = await Promise.all([provisionModel(env, name), trainModel(env, 'sklearn', name, 7)]);
  const scene = { say, env, aws, product };
  say(`  repository ${product.repositoryName}, pipeline ${product.pipelineName}: first runs (about 30 s)`);
  await until('the end of the first runs', () => settled(scene), RUN_MS);
  say('  the pipeline has added its stages to itself and deployed two empty stacks');

  await promote(scene, first, 'Production');
  await promote(scene, second, 'Staging');
  await archive(scene, [first, second]);
  await terminateModel(env, name);
  say('  the product is terminated; the repository is kept under another name');
}

/** Promotes a version and waits until its endpoint answers. */
async function promote(scene: Scene, model: TrainedModel, stage: 'Staging' | 'Production'): Promise<void> {
  const { say, env, aws, product } = scene;
  const since = new Date();
  await transitionStage(env, model.name, model.version, stage);
  say(`  version ${model.version} moved to stage ${stage}; the rest happens by itself (about 20 s)`);
  const endpoint = `${product.groupName}-${model.version}-${stage.toLowerCase()}`;
  await until(`endpoint ${endpoint}`, async () => (await inService(scene)).includes(endpoint), RUN_MS);
  await until('the end of the run', () => settled(scene), RUN_MS);
  for (const { what, at } of await timelineOf(aws, env, since, product.pipelineName, endpoint)) {
    say(`    + ${seconds(at.getTime() - since.getTime()).padStart(6)}  ${what}`);
  }
  await comparePredictions(say, aws, endpoint, model);
}

async function archive(scene: Scene, models: readonly TrainedModel[]): Promise<void> {
  const { say, env } = scene;
  const since = Date.now();
  for (const { name, version } of models) {
    await transitionStage(env, name, version, 'Archived');
  }
  say('  both versions archived (their endpoints go in about 20 s)');
  await until('no endpoint', async () => (await inService(scene)).length === 0, RUN_MS);
  say(`  their endpoints were deleted ${secondsSince(since)} later`);
  await until('the end of the run', () => settled(scene), RUN_MS);
}

function inService({ aws, product }: Scene): Promise<string[]> {
  return endpointsOf(aws, product.groupName, true);
}

/**
 * Whether no run is under way.
 *
 * @throws Error when the last one failed
 */
async function settled({ env, product }: Scene): Promise<boolean> {
  const [last, ...others] = await pipelineRuns(env, product.pipelineName);
  if (last?.status === 'Failed') {
    throw new Error(
      `a run of ${product.pipelineName} failed: \`npm run sandbox -- pipelines ${product.modelName}\` shows why`,
    );
  }
  return last?.status === 'Succeeded' && others.every(({ status }) => status !== 'InProgress');
}
