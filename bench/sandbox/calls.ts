import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Call } from '../../sandbox/aws-json/calls';
import type { SandboxEnv } from '../../sandbox/cli/context';
import { type Aws, awsOf } from '../../sandbox/demo/aws';
import { until } from '../../sandbox/demo/until';
import type { Figure } from '../report/results';

/** After these a model is known to be in order: the first may still change something, the second finds it so. */
const SYNCS_BEFORE = 2;

/**
 * How many calls the functions make for a sync of a model that nobody changed, and for the look whether its pipeline has to run, which
 * follows each sync.
 */
export async function measureCalls(env: SandboxEnv, modelName: string, versions: number): Promise<Figure> {
  const aws = awsOf(env);
  for (let sync = 0; sync < SYNCS_BEFORE; sync++) {
    await syncModel(aws, env, modelName);
  }
  const before = await callsSoFar(env);
  await syncModel(aws, env, modelName);
  const after = await callsSoFar(env);
  return {
    what: `calls of a model sync without changes (${versions} packaged version${versions === 1 ? '' : 's'}), including the deployment check`,
    value: `${after.aws - before.aws} to AWS, ${after.mlflow - before.mlflow} to the registry`,
  };
}

async function syncModel(aws: Aws, env: SandboxEnv, modelName: string): Promise<void> {
  const { executionArn } = await aws.stepFunctions.send(
    new StartExecutionCommand({ stateMachineArn: env.STATE_MACHINE_ARN, input: JSON.stringify({ modelName }) }),
  );
  const { status, cause } = await until(`the end of a sync of ${modelName}`, async () => {
    const execution = await aws.stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    return execution.status === 'RUNNING' ? undefined : execution;
  });
  if (status !== 'SUCCEEDED') {
    throw new Error(`a sync of ${modelName} ended as ${status}: ${cause}`);
  }
}

/** What the account's functions have called since the sandbox came up, as its servers remember it. */
async function callsSoFar(env: SandboxEnv): Promise<{ aws: number; mlflow: number }> {
  const endpoints = [env.AWS_ENDPOINT_URL, env.AWS_ENDPOINT_URL_SAGEMAKER];
  const lists = await Promise.all(endpoints.map((url) => json<{ calls: Call[] }>(`${url}/_sandbox/calls`)));
  const ours = lists
    .flatMap(({ calls }) => calls)
    .filter((call) => call.function.split(':')[4] === env.AWS_ACCESS_KEY_ID);
  const requests = await json<Record<string, number>>(`${env.MLFLOW_TRACKING_URI}/_sandbox/requests`);
  return { aws: sum(ours.map(({ count }) => count)), mlflow: sum(Object.values(requests)) };
}

async function json<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
