import type { Session, Sessions } from '../../aws/session';
import { ActionFailure, type Job, type JobRunner } from '../job';
import { executeChangeSet, replaceChangeSet } from './change-set';

type Mode = (job: Job, session: Session) => Promise<void>;

/** What each mode of the action does (codepipeline/latest/userguide/action-reference-CloudFormation). */
const MODES: Readonly<Record<string, Mode>> = {
  CHANGE_SET_REPLACE: replaceChangeSet,
  CHANGE_SET_EXECUTE: executeChangeSet,
};

/** The action for CloudFormation, with the rights of the action's role. */
export function cloudFormationAction(sessions: Sessions): JobRunner {
  return async (job) => {
    const { ActionMode: name = '' } = job.configuration;
    const mode = MODES[name];
    if (!mode)
      throw new ActionFailure(
        'ConfigurationError',
        `The ActionMode ${name} is not one of ${Object.keys(MODES).join(', ')}.`,
      );
    const session = await sessions.assume(job.caller, job.roleArn, job.executionId);
    try {
      await mode(job, session);
      return {};
    } finally {
      session.close();
    }
  };
}
