import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { pipelineRuns } from '../../sandbox/catalog/pipelines';
import { provisionModel } from '../../sandbox/catalog/provision';
import { terminateModel } from '../../sandbox/catalog/terminate';
import type { SandboxEnv } from '../../sandbox/cli/context';
import { type Aws, awsOf } from '../../sandbox/demo/aws';
import { transitionStage } from '../../sandbox/demo/registry';
import { timelineOf } from '../../sandbox/demo/timeline';
import { trainModel } from '../../sandbox/demo/trained-model';
import { until } from '../../sandbox/demo/until';
import { seconds } from '../../sandbox/demo/words';
import type { Figure } from '../report/results';
import { median } from '../transfers/summary';

/** Two runs of a pipeline on a busy machine. */
const RUN_MS = 300_000;

/**
 * Provisions the product for a real model and moves versions of it to `Staging`: how long until the endpoint of each is in service,
 * by the services' own clocks.
 */
export async function measureTransitions(
  env: SandboxEnv,
  transitions: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const aws = awsOf(env);
  const name = `bench-${Date.now().toString(36)}`;
  const versions: string[] = [];
  for (let seed = 0; seed < transitions; seed++) {
    versions.push((await trainModel(env, 'sklearn', name, seed)).version);
  }
  say(`sandbox: provisioning the product for ${name}`);
  const { groupName, pipelineName } = await provisionModel(env, name);
  const settled = () => until('the end of all runs', () => isSettled(env, pipelineName), RUN_MS);
  await settled();
  const toEndpoint: number[] = [];
  for (const version of versions) {
    say(`sandbox: version ${version} moves to Staging`);
    const since = new Date();
    await transitionStage(env, name, version, 'Staging');
    const endpoint = `${groupName}-${version}-staging`;
    await until(`endpoint ${endpoint}`, () => inService(aws, endpoint), RUN_MS);
    await settled();
    const moments = await timelineOf(aws, env, since, pipelineName, endpoint);
    const served = moments.find(({ what }) => what === 'endpoint in service');
    toEndpoint.push((served?.at.getTime() ?? Number.NaN) - since.getTime());
  }
  await terminateModel(env, name);
  return [{ what: 'from stage transition to endpoint in service', value: medianText(toEndpoint) }];
}

function medianText(milliseconds: readonly number[]): string {
  const of = milliseconds.length === 1 ? '' : ` (median of ${milliseconds.length})`;
  return `${seconds(median(milliseconds))}${of}`;
}

async function inService(aws: Aws, EndpointName: string): Promise<boolean> {
  try {
    const { EndpointStatus } = await aws.sageMaker.send(new DescribeEndpointCommand({ EndpointName }));
    return EndpointStatus === 'InService';
  } catch (error) {
    if (error instanceof Error && /Could not find/.test(error.message)) {
      return false;
    }
    throw error;
  }
}

/** @throws Error when the last run failed */
async function isSettled(env: SandboxEnv, pipelineName: string): Promise<boolean> {
  const [last, ...others] = await pipelineRuns(env, pipelineName);
  if (last?.status === 'Failed') {
    throw new Error(`a run of ${pipelineName} failed in the sandbox: \`npm run sandbox\` shows the reason`);
  }
  return last?.status === 'Succeeded' && others.every(({ status }) => status !== 'InProgress');
}
