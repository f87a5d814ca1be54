import { createHmac } from 'node:crypto';
import type { SandboxContext, SandboxEnv } from '../cli/context';
import { type Aws, awsOf } from './aws';
import { createEndpoint, deleteEndpoint, largestDifference, predict } from './endpoint';
import { enrolModel, unenrolModel } from './enrolment';
import { executionNames, untilIdle } from './executions';
import { listPackages, type SeenPackage } from './packages';
import { deleteAlias, setAlias, transitionStage } from './registry';
import { type TrainedModel, trainModel } from './trained-model';
import { until } from './until';

/** Predictions of an endpoint and of MLflow are equal within this. */
export const TOLERANCE = 1e-6;

/** One registry's part of the demonstration. */
interface Act {
  readonly title: string;
  readonly env: SandboxEnv;
  readonly kind: 'sklearn' | 'xgboost';
  readonly promotion: string;
  readonly promote: (model: TrainedModel) => Promise<unknown>;
  /** How that is taken back, in words and in deed. */
  readonly retraction: string;
  readonly retract: (model: TrainedModel) => Promise<unknown>;
}

/**
 * The main job, before your eyes: models are trained and registered, promoted, and answer from SageMaker endpoints, while
 * nobody types anything in between.
 *
 * @throws Error that names the first step that was not seen to happen
 */
export async function runDemo(context: SandboxContext): Promise<void> {
  const { env, openSource, say } = context;
  const run = Date.now().toString(36);
  await perform(say, run, {
    title: 'Databricks workspace',
    env,
    kind: 'sklearn',
    promotion: 'moved to stage Production',
    promote: ({ name, version }) => transitionStage(env, name, version, 'Production'),
    retraction: 'archived',
    retract: ({ name, version }) => transitionStage(env, name, version, 'Archived'),
  });
  await perform(say, run, {
    title: 'open-source MLflow',
    env: openSource,
    kind: 'xgboost',
    promotion: 'given the alias "production"',
    promote: ({ name, version }) => setAlias(openSource, name, version, 'production'),
    retraction: 'without the alias',
    retract: ({ name }) => deleteAlias(openSource, name, 'production'),
  });
  await refuseForgery(say, env);
}

async function perform(say: SandboxContext['say'], run: string, act: Act): Promise<void> {
  const aws = awsOf(act.env);
  const name = `demo-${act.kind}-${run}`;
  const stack = `enrolment-${name}`;
  say(`${act.title}: training a ${act.kind} model and registering it as ${name}`);
  const model = await trainModel(act.env, act.kind, name);
  const before = await executionNames(aws, act.env);
  const group = await enrolModel(aws, stack, name);
  say(`  enrolled; its SageMaker group is ${group}`);
  await untilIdle(aws, act.env, before);

  const promoted = Date.now();
  await act.promote(model);
  say(`  version ${model.version} ${act.promotion}`);
  const [modelPackage] = await untilPackages(
    aws,
    group,
    ({ metadata }) => metadata.mlflow_environments === 'Production',
  );
  say(
    `  package ${modelPackage.arn.split(':').at(-1)} appeared ${seconds(promoted)} later (${modelPackage.described.ModelApprovalStatus})`,
  );
  const container = modelPackage.described.InferenceSpecification?.Containers?.[0];
  say(`    image ${container?.Image?.split('/').at(-1)}, archive ${container?.ModelDataUrl}`);

  await createEndpoint(aws, name, modelPackage.arn);
  const answered = await predict(aws, name, model.request);
  const difference = largestDifference(answered, model.predictions);
  if (!(difference <= TOLERANCE)) {
    throw new Error(`endpoint ${name} answers ${answered}, MLflow ${model.predictions}`);
  }
  say(`  endpoint ${name} answers ${short(answered)}`);
  say(
    `           MLflow predicts ${short(model.predictions)}: equal within ${TOLERANCE} (largest difference ${difference})`,
  );
  await deleteEndpoint(aws, name);

  const retracted = Date.now();
  await act.retract(model);
  await until(`the package of ${name} gone`, async () => (await listPackages(aws, group)).length === 0);
  say(`  version ${model.version} ${act.retraction}: its package was gone ${seconds(retracted)} later`);
  await untilIdle(aws, act.env, before);
  await unenrolModel(aws, stack);
}

/** Waits until the group has exactly one package, which is as it should be. */
async function untilPackages(aws: Aws, group: string, good: (one: SeenPackage) => boolean): Promise<[SeenPackage]> {
  return until(`a package in group ${group}`, async () => {
    const [first, ...others] = await listPackages(aws, group);
    return first !== undefined && others.length === 0 && good(first) ? [first] : undefined;
  });
}

/** A delivery that was not signed with the shared secret gets nowhere. */
async function refuseForgery(say: SandboxContext['say'], env: SandboxEnv): Promise<void> {
  const body = JSON.stringify({ event: 'MODEL_VERSION_TRANSITIONED_STAGE', model_name: 'demo', version: '1' });
  const signature = createHmac('sha256', 'not the secret').update(body).digest('hex');
  const response = await fetch(env.WEBHOOK_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-databricks-signature': signature },
    body,
  });
  if (response.status !== 401) {
    throw new Error(`a forged webhook was answered with ${response.status}, expected 401`);
  }
  say('a forged webhook was refused (401)');
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

function short(values: readonly number[]): string {
  return `[${values
    .slice(0, 3)
    .map((value) => value.toFixed(6))
    .join(', ')}, ...]`;
}
