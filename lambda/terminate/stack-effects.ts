import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { once } from '../shared/context/once';
import { timeLimits } from '../shared/time-limits';
import type { StackEffects } from './stacks';

const client = once(() => new CloudFormationClient(timeLimits()));

/** The effects on CloudFormation. */
export function stackEffects(): StackEffects {
  return {
    status: async (StackName) => {
      try {
        const { Stacks } = await client().send(new DescribeStacksCommand({ StackName }));
        return Stacks?.[0]?.StackStatus;
      } catch (error) {
        // The only way in which CloudFormation says that there is no such stack.
        if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) {
          return undefined;
        }
        throw error;
      }
    },
    deleteStack: async (StackName) => {
      // Without a role: CloudFormation takes the one that made the stack.
      await client().send(new DeleteStackCommand({ StackName }));
    },
    failure: async (StackName, since) => {
      const { StackEvents = [] } = await client().send(new DescribeStackEventsCommand({ StackName }));
      return failureOf(StackName, StackEvents, since);
    },
  };
}

/** The reasons of what could not be deleted, without the stack's own event, which only counts them. */
export function failureOf(stackName: string, events: readonly StackEvent[], since: Date): string | undefined {
  const failed = events.filter(
    ({ ResourceStatus, Timestamp }) =>
      ResourceStatus === 'DELETE_FAILED' && Timestamp !== undefined && Timestamp >= since,
  );
  const resources = failed.filter(({ LogicalResourceId }) => LogicalResourceId !== stackName);
  const told = resources.length > 0 ? resources : failed;
  return told.length === 0
    ? undefined
    : told
        .map(({ LogicalResourceId, ResourceStatusReason }) => `${LogicalResourceId}: ${ResourceStatusReason}`)
        .join('; ');
}
