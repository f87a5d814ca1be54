import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation';
import type { Session } from '../../aws/session';
import { ActionFailure, type Job } from '../job';
import { findStack, isMissing, reportStack, settled } from './stacks';
import { templateRequest } from './template';

/** CloudFormation's two ways to say that a change set changes nothing. */
const NO_CHANGES = /didn't contain changes|No updates are to be performed/;

/** What a stack can be in for a change set to make it. */
const NOT_YET = [undefined, 'REVIEW_IN_PROGRESS'];

/** Makes the change set, in place of one of its name. One that changes nothing is made too, and is no failure. */
export async function replaceChangeSet(job: Job, session: Session): Promise<void> {
  const { cloudFormation } = session;
  const { StackName = '', ChangeSetName = '' } = job.configuration;
  const stack = await findStack(session, StackName);
  const request = await templateRequest(job, session);
  await ignoringMissing(cloudFormation.send(new DeleteChangeSetCommand({ StackName, ChangeSetName })));
  const ChangeSetType = NOT_YET.includes(stack?.StackStatus) ? 'CREATE' : 'UPDATE';
  job.refuseAbandoned();
  await cloudFormation.send(new CreateChangeSetCommand({ StackName, ChangeSetName, ChangeSetType, ...request }));
  const made = await completed(session, StackName, ChangeSetName);
  reportStack(job, made.StackId);
  if (made.Status === 'FAILED' && !NO_CHANGES.test(made.StatusReason ?? '')) {
    throw new ActionFailure(
      'JobFailed',
      `Change set ${ChangeSetName} of stack ${StackName} failed: ${made.StatusReason}`,
    );
  }
  job.report({ summary: `Change set ${ChangeSetName} was created.` });
}

/** Executes the change set and waits for the stack. One that changes nothing is not executed. */
export async function executeChangeSet(job: Job, session: Session): Promise<void> {
  const { StackName = '', ChangeSetName = '' } = job.configuration;
  const changeSet = await described(session, StackName, ChangeSetName);
  const stack = await findStack(session, StackName);
  reportStack(job, stack?.StackId);
  if (changeSet.Status === 'FAILED' && NO_CHANGES.test(changeSet.StatusReason ?? '')) {
    job.report({ summary: `Change set ${ChangeSetName} has no changes: nothing was executed.` });
    return;
  }
  job.refuseAbandoned();
  const since = new Date();
  await session.cloudFormation.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName }));
  await settled(session, changeSet.StackId ?? StackName, ['CREATE_COMPLETE', 'UPDATE_COMPLETE'], since);
  job.report({ summary: `Change set ${ChangeSetName} was executed.` });
}

async function completed(session: Session, stack: string, name: string): Promise<DescribeChangeSetCommandOutput> {
  for (;;) {
    const changeSet = await described(session, stack, name);
    if (!['CREATE_PENDING', 'CREATE_IN_PROGRESS'].includes(changeSet.Status ?? '')) return changeSet;
    await sleep(200);
  }
}

function described({ cloudFormation }: Session, StackName: string, ChangeSetName: string) {
  return cloudFormation.send(new DescribeChangeSetCommand({ StackName, ChangeSetName }));
}

async function ignoringMissing(deletion: Promise<unknown>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
