import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Capability,
  type CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  type Parameter,
  paginateDescribeStackEvents,
  type Stack,
  type StackEvent,
  type Tag,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { reasonOf } from '../../aws-json/errors';

/** What Service Catalog acknowledges in the name of whoever launches. */
const CAPABILITIES: Capability[] = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];
const STEP_MS = 150;
/** A stack's event with which an operation begins. */
const BEGINNING = /^(?:CREATE|UPDATE|DELETE)_IN_PROGRESS$/;
/** What CloudFormation says of resources that failed only because another one did. */
const CONSEQUENCE = /^Resource (?:creation|update) cancelled/;

/** CloudFormation did not do what was asked: its reason, and the stack as it is now, if there is one. */
export class StackFailed extends Error {
  constructor(
    reason: string,
    readonly failedStack: Stack | undefined,
  ) {
    super(reason);
  }
}

/** What a stack is made from. */
export interface StackSource {
  readonly stackName: string;
  readonly templateUrl: string;
  readonly parameters: readonly Parameter[];
  readonly tags?: readonly Tag[];
}

/**
 * Makes a stack and waits for it.
 *
 * @param began is told the stack's id as soon as there is one
 * @throws StackFailed with the reason of what failed first
 */
export async function createStack(
  cloudFormation: CloudFormationClient,
  { stackName, templateUrl, parameters, tags = [] }: StackSource,
  began: (stackId: string) => void,
): Promise<Stack> {
  const command = new CreateStackCommand({
    StackName: stackName,
    TemplateURL: templateUrl,
    Parameters: [...parameters],
    Tags: [...tags],
    Capabilities: CAPABILITIES,
  });
  const { StackId = stackName } = await cloudFormation.send(command).catch(refused(undefined));
  began(StackId);
  return settled(cloudFormation, StackId, 'CREATE_COMPLETE');
}

/**
 * Updates a stack and waits for it. A stack that is already as it should be is left alone.
 *
 * @throws StackFailed with the reason of what failed first
 */
export async function updateStack(
  cloudFormation: CloudFormationClient,
  stackId: string,
  { templateUrl, parameters, tags }: StackSource,
): Promise<Stack> {
  const command = new UpdateStackCommand({
    StackName: stackId,
    TemplateURL: templateUrl,
    Parameters: [...parameters],
    ...(tags === undefined ? {} : { Tags: [...tags] }),
    Capabilities: CAPABILITIES,
  });
  const before = await describeStack(cloudFormation, stackId);
  try {
    await cloudFormation.send(command);
  } catch (error) {
    if (before && reasonOf(error).includes('No updates are to be performed')) return before;
    return refused(before)(error);
  }
  return settled(cloudFormation, stackId, 'UPDATE_COMPLETE');
}

/**
 * Deletes a stack and waits until it is gone; one that is gone already is left alone.
 *
 * @throws StackFailed with the reason of what could not be deleted, or for which the stack cannot be deleted now
 */
export async function deleteStack(cloudFormation: CloudFormationClient, stackId: string): Promise<void> {
  const before = await describeStack(cloudFormation, stackId);
  if (!before || before.StackStatus === 'DELETE_COMPLETE') return;
  await cloudFormation.send(new DeleteStackCommand({ StackName: stackId })).catch(refused(before));
  await settled(cloudFormation, stackId, 'DELETE_COMPLETE');
}

async function settled(cloudFormation: CloudFormationClient, stackId: string, wanted: string): Promise<Stack> {
  for (;;) {
    const stack = await describeStack(cloudFormation, stackId);
    if (!stack) throw new StackFailed(`Stack ${stackId} does not exist any more.`, undefined);
    if (stack.StackStatus === wanted) return stack;
    if (!stack.StackStatus?.endsWith('_IN_PROGRESS')) throw new StackFailed(await reason(cloudFormation, stack), stack);
    await sleep(STEP_MS, undefined, { ref: false });
  }
}

async function describeStack(cloudFormation: CloudFormationClient, stackId: string): Promise<Stack | undefined> {
  try {
    return (await cloudFormation.send(new DescribeStacksCommand({ StackName: stackId }))).Stacks?.[0];
  } catch (error) {
    if (reasonOf(error).includes('does not exist')) return undefined;
    throw error;
  }
}

/** The reason of the first failure since the stack's last operation began. */
async function reason(cloudFormation: CloudFormationClient, { StackId: stackId, StackStatus }: Stack): Promise<string> {
  let first: StackEvent | undefined;
  for await (const { StackEvents = [] } of paginateDescribeStackEvents(
    { client: cloudFormation },
    { StackName: stackId },
  )) {
    for (const event of StackEvents) {
      if (isFailure(event)) first = event;
      // The newest comes first: what lies before the beginning is of an earlier operation.
      if (event.PhysicalResourceId === stackId && BEGINNING.test(event.ResourceStatus ?? '')) return worded(first);
    }
  }
  return first ? worded(first) : `The stack is ${StackStatus}.`;
}

function isFailure({ ResourceStatus, ResourceStatusReason = '' }: StackEvent): boolean {
  return (ResourceStatus ?? '').endsWith('_FAILED') && !CONSEQUENCE.test(ResourceStatusReason);
}

function worded(event: StackEvent | undefined): string {
  return event?.ResourceStatusReason ?? 'CloudFormation gave no reason.';
}

function refused(stack: Stack | undefined): (error: unknown) => never {
  return (error) => {
    throw new StackFailed(reasonOf(error), stack);
  };
}
