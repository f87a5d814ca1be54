import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeStackEventsCommand, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import type { Session } from '../../aws/session';
import { ActionFailure, type Job } from '../job';

/** How often a stack is looked at while it changes. */
const INTERVAL_MS = 200;

/** A stack by name or id, or undefined when there is none. */
export async function findStack({ cloudFormation }: Session, StackName: string): Promise<Stack | undefined> {
  try {
    const { Stacks: [stack] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
    return stack;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether an error says that there is no such stack or change set. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && /does not exist/.test(error.message);
}

/**
 * Waits until a stack has changed.
 *
 * @param since when the change began: what failed before is not why it failed
 * @throws ActionFailure with the reason of the first resource that failed, when it did not end in one of `good`
 */
export async function settled(session: Session, id: string, good: readonly string[], since: Date): Promise<void> {
  for (;;) {
    const stack = await findStack(session, id);
    const status = stack?.StackStatus ?? 'DELETE_COMPLETE';
    if (!status.endsWith('_IN_PROGRESS')) {
      if (good.includes(status)) return;
      throw new ActionFailure('JobFailed', await failureOf(session, id, stack, since));
    }
    await sleep(INTERVAL_MS);
  }
}

async function failureOf(session: Session, id: string, stack: Stack | undefined, since: Date): Promise<string> {
  const { StackEvents: events = [] } = await session.cloudFormation.send(
    new DescribeStackEventsCommand({ StackName: id }),
  );
  const failed = events
    .filter(({ ResourceStatus, Timestamp }) => ResourceStatus?.endsWith('_FAILED') && (Timestamp ?? since) >= since)
    .filter(({ PhysicalResourceId, StackId }) => PhysicalResourceId !== StackId)
    .at(-1);
  const name = stack?.StackName ?? id;
  const ended = `Stack ${name} ended in ${stack?.StackStatus ?? 'DELETE_COMPLETE'}`;
  const reason = failed?.ResourceStatusReason ?? stack?.StackStatusReason ?? '';
  return failed ? `${ended}: ${failed.LogicalResourceId}: ${reason}` : `${ended}: ${reason}`;
}

/** Tells which stack an action works on. */
export function reportStack({ report, caller }: Job, id: string | undefined): void {
  if (id === undefined) return;
  const url = `https://console.aws.amazon.com/cloudformation/home?region=${caller.region}#/stack/detail?stackId=${id}`;
  report({ externalId: id, externalUrl: url });
}
