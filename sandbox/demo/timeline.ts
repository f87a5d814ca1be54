import { paginateListPipelineExecutions } from '@aws-sdk/client-codepipeline';
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { paginateListExecutions } from '@aws-sdk/client-sfn';
import type { SandboxEnv } from '../cli/context';
import type { Aws } from './aws';

/** One moment of a change's way, in words. */
export interface Moment {
  readonly what: string;
  readonly at: Date;
}

/**
 * What became of a change, by the services' own clocks: from the webhook to the endpoint.
 *
 * @param since when the change was made
 */
export async function timelineOf(
  aws: Aws,
  env: SandboxEnv,
  since: Date,
  pipelineName: string,
  endpointName: string,
): Promise<Moment[]> {
  const [sync, run, endpoint] = await Promise.all([
    firstSync(aws, env, since),
    firstRun(aws, pipelineName, since),
    aws.sageMaker.send(new DescribeEndpointCommand({ EndpointName: endpointName })),
  ]);
  const moments = [
    { what: 'webhook accepted, sync started', at: sync?.startDate },
    { what: 'synced: the package is registered', at: sync?.stopDate },
    { what: 'pipeline started', at: run?.startTime },
    { what: 'endpoint in service', at: endpoint.LastModifiedTime },
  ];
  return moments.flatMap(({ what, at }) => (at ? [{ what, at }] : []));
}

/** The first sync since then. The executions come the newest first. */
async function firstSync(aws: Aws, env: SandboxEnv, since: Date) {
  const pages = paginateListExecutions({ client: aws.stepFunctions }, { stateMachineArn: env.STATE_MACHINE_ARN });
  let first: { startDate?: Date | undefined; stopDate?: Date | undefined } | undefined;
  for await (const { executions = [] } of pages) {
    first = executions.filter(({ startDate }) => startDate && startDate >= since).at(-1) ?? first;
  }
  return first;
}

/** The first run of the pipeline since then. */
async function firstRun(aws: Aws, pipelineName: string, since: Date) {
  let first: { startTime?: Date | undefined } | undefined;
  for await (const page of paginateListPipelineExecutions({ client: aws.codePipeline }, { pipelineName })) {
    const { pipelineExecutionSummaries: runs = [] } = page;
    first = runs.filter(({ startTime }) => startTime && startTime >= since).at(-1) ?? first;
  }
  return first;
}
