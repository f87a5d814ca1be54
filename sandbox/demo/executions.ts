import { DescribeExecutionCommand, paginateListExecutions } from '@aws-sdk/client-sfn';
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
  await until('the end of all syncs', async () => {
    const pages = paginateListExecutions({ client: aws.stepFunctions }, { stateMachineArn: env.STATE_MACHINE_ARN });
    for await (const { executions } of pages) {
      for (const { name = '', status, executionArn } of executions ?? []) {
        if (status === 'RUNNING') {
          return false;
        }
        if (status !== 'SUCCEEDED' && !since.has(name)) {
          const { cause, error } = await aws.stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
          throw new Error(`sync ${name} ended as ${status}: ${error} ${cause}`);
        }
      }
    }
    return true;
  });
}
