import type { CreateRepositoryInput, UpdateRepositoryNameInput } from '@aws-sdk/client-codecommit';
import type { Caller } from '../../aws-json/caller';
import type { Action } from '../../aws-json/service';
import type { Valid } from '../../aws-json/valid';
import { arnOf, cloneUrlsOf } from './arn';
import type { CodeCommit } from './codecommit';
import { defaultBranchOf } from './references';
import type { Repository } from './repositories';

/** What CodeCommit's actions work with. */
export interface CodeCommitContext {
  readonly caller: Caller;
  readonly codeCommit: CodeCommit;
}

async function createRepository(input: Valid<CreateRepositoryInput>, { caller, codeCommit }: CodeCommitContext) {
  const wanted = { name: input.repositoryName, description: input.repositoryDescription };
  return { repositoryMetadata: await metadata(await codeCommit.create(caller, wanted)) };
}

async function updateRepositoryName(
  input: Valid<UpdateRepositoryNameInput>,
  { caller, codeCommit: { repositories } }: CodeCommitContext,
) {
  await repositories.rename(repositories.named(caller, input.oldName), input.newName);
  return undefined;
}

async function metadata(repository: Repository) {
  const { http, ssh } = cloneUrlsOf(repository);
  return {
    accountId: repository.owner.account,
    repositoryId: repository.id,
    repositoryName: repository.name,
    repositoryDescription: repository.description,
    defaultBranch: await defaultBranchOf(repository),
    lastModifiedDate: repository.lastModified,
    creationDate: repository.created,
    cloneUrlHttp: http,
    cloneUrlSsh: ssh,
    Arn: arnOf(repository),
  };
}

/** CodeCommit's actions that are here. */
export const CODE_COMMIT_ACTIONS: ReadonlyMap<string, Action<CodeCommitContext>> = new Map<
  string,
  Action<CodeCommitContext>
>([
  ['CreateRepository', createRepository],
  ['UpdateRepositoryName', updateRepositoryName],
]);
