import type { Sessions } from '../../aws/session';
import type { Builds } from '../../codebuild/builds';
import type { Projects } from '../../codebuild/projects';
import type { Repositories } from '../../codecommit/repositories';
import { ActionFailure, type JobRunner } from '../job';
import { cloudFormationAction } from './cloudformation';
import { codeBuildAction } from './codebuild';
import { codeCommitSource } from './codecommit';

/** The services that actions are run by. */
export interface ProviderServices {
  readonly repositories: Repositories;
  readonly projects: Projects;
  readonly builds: Builds;
  readonly sessions: Sessions;
}

/** Runs each action by its provider: what a definition's check lets in (action-types.ts). */
export function providerRunner(services: ProviderServices): JobRunner {
  const { repositories, projects, builds, sessions } = services;
  const runners: Readonly<Record<string, JobRunner>> = {
    CodeCommit: codeCommitSource(repositories, sessions),
    CodeBuild: codeBuildAction(projects, builds, sessions),
    CloudFormation: cloudFormationAction(sessions),
  };
  return async (job) => {
    const { provider } = job.action.actionTypeId;
    const run = runners[provider];
    if (!run) throw new ActionFailure('InternalError', `The sandbox has no provider ${provider}.`);
    return run(job);
  };
}
