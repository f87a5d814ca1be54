import type { Session, Sessions } from '../../aws/session';
import { ActionFailure, type Job, type JobResult, type JobRunner } from '../job';
import { executeChangeSet, replaceChangeSet } from './change-set';
import { createOrUpdate, deleteStack } from './stack-operations';
import { writeOutputs } from './stack-outputs';
import { outputsOf } from './stacks';

type Mode = (job: Job, session: Session) => Promise<void>;

/** What each mode of the action does (codepipeline/latest/userguide/action-reference-CloudFormation). */
const MODES: Readonly<Record<string, Mode>> = {
  CHANGE_SET_REPLACE: replaceChangeSet,
  CHANGE_SET_EXECUTE: executeChangeSet,
  CREATE_UPDATE: createOrUpdate,
  DELETE_ONLY: deleteStack,
};

/** The action for CloudFormation, with the rights of the action's role, and the stack's outputs as its variables. */
export function cloudFormationAction(sessions: Sessions): JobRunner {
  return async (job): Promise<JobResult> => {
    const { ActionMode: name = '', StackName: stack = '' } = job.configuration;
    const mode = MODES[name];
    if (!mode)
      throw new ActionFailure(
        'ConfigurationError',
        `The ActionMode ${name} is not one of ${Object.keys(MODES).join(', ')}.`,
      );
    const session = await sessions.assume(job.caller, job.roleArn, job.executionId);
    try {
      await mode(job, session);
      if (name === 'DELETE_ONLY') return { outputs: [] };
      const outputs = await outputsOf(session, stack);
      return { variables: outputs, outputs: await writeOutputs(job, session, outputs) };
    } finally {
      session.close();
    }
  };
}
