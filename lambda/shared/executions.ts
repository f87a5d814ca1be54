import { createHash } from 'node:crypto';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { SyncRequest } from './contracts';
import { groupNameOf } from './names/group-name';
import { timeLimits } from './time-limits';

const READABLE_MAX = 40;
const sfn = new SFNClient(timeLimits());

/**
 * The name of the execution that a hint starts. The same hint has the same name, and Step Functions takes a name once in 90
 * days, so a repeated delivery starts nothing.
 *
 * @param identity what tells this hint from another, for example a delivery's id
 * @returns at most 80 letters, digits and hyphens (API_StartExecution)
 */
export function executionName(modelName: string, identity: string | Buffer): string {
  const readable = groupNameOf(modelName).slice(0, READABLE_MAX).replace(/-+$/, '');
  // Of the whole name: the readable part of another model can be the same, and one hint can be about both.
  const hash = createHash('sha256').update(JSON.stringify(modelName)).update('\n').update(identity);
  return `${readable}-${hash.digest('hex').slice(0, 32)}`;
}

/** The ARN of an execution of a state machine (docs.aws.amazon.com/service-authorization, AWS Step Functions, Resource types). */
export function executionArn(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** Whether an execution still runs; one that was never started does not. */
export async function runs(execution: string): Promise<boolean> {
  try {
    const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn: execution }));
    return status === 'RUNNING';
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionDoesNotExist') {
      return false;
    }
    throw error;
  }
}

/**
 * Starts a sync of one model.
 *
 * @returns false when an execution of that name was there before
 */
export async function startSync(stateMachineArn: string, modelName: string, name: string): Promise<boolean> {
  const input: SyncRequest = { modelName };
  try {
    await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionAlreadyExists') {
      return false;
    }
    throw error;
  }
}
