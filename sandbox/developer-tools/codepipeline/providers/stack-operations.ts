import { CreateStackCommand, DeleteStackCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import type { Session } from '../../aws/session';
import type { Job } from '../job';
import { findStack, reportStack, settled } from './stacks';
import { templateRequest } from './template';

/** Makes the stack, or updates the one that is there. An update that changes nothing is no failure. */
export async function createOrUpdate(job: Job, session: Session): Promise<void> {
  const { StackName = '' } = job.configuration;
  const request = { StackName, ...(await templateRequest(job, session)) };
  job.refuseAbandoned();
  const since = new Date();
  if (!(await findStack(session, StackName))) {
    await session.cloudFormation.send(new CreateStackCommand(request));
    return finish(job, session, 'CREATE_COMPLETE', since);
  }
  try {
    await session.cloudFormation.send(new UpdateStackCommand(request));
  } catch (error) {
    if (error instanceof Error && error.message.includes('No updates are to be performed')) return;
    throw error;
  }
  await finish(job, session, 'UPDATE_COMPLETE', since);
}

/** Deletes the stack; one that is not there is deleted already. */
export async function deleteStack(job: Job, session: Session): Promise<void> {
  const { StackName = '', RoleArn: RoleARN } = job.configuration;
  const stack = await findStack(session, StackName);
  if (!stack) return;
  reportStack(job, stack.StackId);
  job.refuseAbandoned();
  const since = new Date();
  await session.cloudFormation.send(new DeleteStackCommand({ StackName, RoleARN }));
  await settled(session, stack.StackId ?? StackName, ['DELETE_COMPLETE'], since);
}

async function finish(job: Job, session: Session, good: string, since: Date): Promise<void> {
  const { StackName = '' } = job.configuration;
  const stack = await findStack(session, StackName);
  reportStack(job, stack?.StackId);
  await settled(session, stack?.StackId ?? StackName, [good], since);
}
