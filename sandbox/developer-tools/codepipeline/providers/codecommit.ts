import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { upload } from '../../aws/objects';
import type { Sessions } from '../../aws/session';
import { archive, headOf, messageOf } from '../../codecommit/references';
import type { Repositories } from '../../codecommit/repositories';
import { ActionFailure, type JobRunner } from '../job';

/**
 * The source action for CodeCommit: the head of the branch, as a ZIP archive in the pipeline's bucket
 * (codepipeline/latest/userguide/action-reference-CodeCommit).
 */
export function codeCommitSource(repositories: Repositories, sessions: Sessions): JobRunner {
  return async ({ caller, configuration, executionId, roleArn, outputs, report }) => {
    const { RepositoryName: name = '', BranchName: branch = '' } = configuration;
    const repository = repositories.find(caller, name);
    if (!repository) {
      throw new ActionFailure('ConfigurationError', `The AWS CodeCommit repository ${name} does not exist.`);
    }
    const id = await headOf(repository, branch);
    if (id === undefined) {
      const message = `The action failed because no branch named ${branch} was found in the selected AWS CodeCommit repository ${name}. Make sure you are using the correct branch name, and then try again.`;
      throw new ActionFailure('ConfigurationError', message);
    }
    const summary = await messageOf(repository, id);
    const folder = await mkdtemp(join(tmpdir(), 'source-'));
    const session = await sessions.assume(caller, roleArn, executionId);
    try {
      const file = join(folder, 'source.zip');
      await archive(repository, id, file);
      for (const { location } of outputs) await upload(session, file, location);
    } finally {
      session.close();
      await rm(folder, { recursive: true, force: true });
    }
    report({ externalId: id, summary });
    return { revision: { id, summary } };
  };
}
