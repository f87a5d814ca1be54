import { setTimeout } from 'node:timers/promises';
import { type CloudFormationClient, DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { Stacks } from './clear-failed-stack';

/** Stacks in CloudFormation. */
export function cloudFormationStacks(client: CloudFormationClient, pauseInSeconds = 5): Stacks {
  return {
    async describe(name) {
      try {
        const { Stacks: [found] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
        return found?.StackStatus === undefined
          ? undefined
          : {
              status: found.StackStatus,
              ...(found.StackStatusReason ? { reason: found.StackStatusReason } : {}),
            };
      } catch (error) {
        if (error instanceof Error && /does not exist/.test(error.message)) {
          return undefined;
        }
        throw error;
      }
    },
    async delete(name) {
      await client.send(new DeleteStackCommand({ StackName: name }));
    },
    async pause() {
      await setTimeout(pauseInSeconds * 1000);
    },
    log(line) {
      console.log(line);
    },
  };
}
