import type { SandboxContext, SandboxEnv } from '../../cli/context';
import { awsOf } from '../aws';
import { comparePredictions } from '../comparison';
import { createEndpoint, deleteEndpoint } from '../endpoint';
import { enrolModel, unenrolModel } from '../enrolment';
import { executionNames, untilIdle } from '../executions';
import { listPackages } from '../packages';
import { deleteAlias, setAlias } from '../registry';
import { trainModel } from '../trained-model';
import { until } from '../until';
import { secondsSince } from '../words';

/**
 * The sync alone, with an open-source MLflow server: a model is enrolled by a custom resource in any stack, promoted by an alias,
 * and served by an endpoint that is created by hand.
 */
export async function followPromotion(say: SandboxContext['say'], env: SandboxEnv, run: string): Promise<void> {
  const aws = awsOf(env);
  const name = `demo-xgboost-${run}`;
  const stack = `enrolment-${name}`;
  say(`open-source MLflow: training an XGBoost model, registered as ${name} (about 10 s)`);
  const model = await trainModel(env, 'xgboost', name);
  const before = await executionNames(aws, env);
  const group = await enrolModel(aws, stack, name);
  say(`  enrolled by a custom resource, without the product; its model package group is ${group}`);
  await untilIdle(aws, env, before);

  const promoted = Date.now();
  await setAlias(env, name, model.version, 'production');
  say(`  version ${model.version} got the alias "production"`);
  const modelPackage = await until(`a package in group ${group}`, async () => {
    const [first, ...others] = await listPackages(aws, group);
    return others.length === 0 && first?.metadata.mlflow_environments === 'Production' ? first : undefined;
  });
  const number = modelPackage.arn.split(':').at(-1);
  say(`  ${number} appeared ${secondsSince(promoted)} later (${modelPackage.described.ModelApprovalStatus})`);
  const container = modelPackage.described.InferenceSpecification?.Containers?.[0];
  say(`  image ${container?.Image?.split('/').at(-1)}, archive ${container?.ModelDataUrl}`);
  await createEndpoint(aws, name, modelPackage.arn);
  await comparePredictions(say, aws, name, model);
  await deleteEndpoint(aws, name);

  const retracted = Date.now();
  await deleteAlias(env, name, 'production');
  await until(`the package of ${name} gone`, async () => (await listPackages(aws, group)).length === 0);
  say(`  alias removed; its package was deleted ${secondsSince(retracted)} later`);
  await untilIdle(aws, env, before);
  await unenrolModel(aws, stack);
}
