import { DescribeExecutionCommand, type ExecutionListItem, paginateListExecutions } from '@aws-sdk/client-sfn';
import type { SandboxEnv } from '../cli/context';
import type { Aws } from './aws';
import { until } from './until';

/** The names of all executions of the sync so far. */
export async function executionNames(aws: Aws, env: SandboxEnv): Promise<Set<string>> {
  const names = new Set<string>();
  const pages = paginateListExecutions({ client: aws.stepFunctions }, { stateMachineArn: env.STATE_MACHINE_ARN });
  for await (const { executions } of pages) {
    for (const { name } of executions ?? []) {
      names.add(name ?? '');
    }
  }
  return names;
}

/**
 * Waits until no execution of the sync runs any more.
 *
 * @throws Error with the cause of an execution that ended in another way than SUCCEEDED and began after `since`
 */
export async function untilIdle(aws: Aws, env: SandboxEnv, since: ReadonlySet<string>): Promise<void> {
  await untilNoneRuns(aws, env, async ({ name = '', status, executionArn }) => {
    if (status !== 'SUCCEEDED' && !since.has(name)) {
      const { cause, error } = await aws.stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
      throw new Error(`sync ${name} ended as ${status}: ${error} ${cause}`);
    }
  });
}

/**
 * The same, however they end.
 *
 * @param look at each of those that ended, as often as is asked
 * @param timeoutMs how long it may take
 */
export async function untilNoneRuns(
  aws: Aws,
  env: SandboxEnv,
  look: (ended: ExecutionListItem) => Promise<void> = async () => undefined,
  timeoutMs?: number,
): Promise<void> {
  const noneRuns = async () => {
    const pages = paginateListExecutions({ client: aws.stepFunctions }, { stateMachineArn: env.STATE_MACHINE_ARN });
    for await (const { executions } of pages) {
      for (const execution of executions ?? []) {
        if (execution.status === 'RUNNING') {
          return false;
        }
        await look(execution);
      }
    }
    return true;
  };
  await until('the end of all syncs', noneRuns, timeoutMs);
}
