import type {
  CreateRepositoryInput,
  DeleteRepositoryInput,
  GetBranchInput,
  GetRepositoryInput,
  ListRepositoriesInput,
  UpdateRepositoryNameInput,
} from '@aws-sdk/client-codecommit';
import type { Caller } from '../../aws-json/caller';
import { ServiceError } from '../../aws-json/errors';
import type { Action } from '../../aws-json/service';
import type { Valid } from '../../aws-json/valid';
import { arnOf, cloneUrlsOf } from './arn';
import type { CodeCommit } from './codecommit';
import { branchDoesNotExist } from './errors';
import { defaultBranchOf, headOf } from './references';
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

async function getRepository(input: Valid<GetRepositoryInput>, { caller, codeCommit }: CodeCommitContext) {
  return { repositoryMetadata: await metadata(codeCommit.repositories.named(caller, input.repositoryName)) };
}

/** ListRepositories: all at once, as a page of CodeCommit holds a thousand. */
function listRepositories(input: Valid<ListRepositoriesInput>, { caller, codeCommit }: CodeCommitContext) {
  if (input.nextToken !== undefined) {
    throw new ServiceError('InvalidContinuationTokenException', 'The continuation token is not valid.');
  }
  const key = ({ name, lastModified }: Repository) =>
    input.sortBy === 'lastModifiedDate' ? lastModified.toISOString() : name;
  const direction = input.order === 'descending' ? -1 : 1;
  const sorted = codeCommit.repositories.list(caller).sort((a, b) => direction * (key(a) < key(b) ? -1 : 1));
  return { repositories: sorted.map(({ id, name }) => ({ repositoryId: id, repositoryName: name })) };
}

async function getBranch(input: Valid<GetBranchInput>, { caller, codeCommit }: CodeCommitContext) {
  const { repositoryName = '', branchName = '' } = input;
  const commitId = await headOf(codeCommit.repositories.named(caller, repositoryName), branchName);
  if (commitId === undefined) throw branchDoesNotExist(branchName);
  return { branch: { branchName, commitId } };
}

async function updateRepositoryName(
  input: Valid<UpdateRepositoryNameInput>,
  { caller, codeCommit: { repositories } }: CodeCommitContext,
) {
  await repositories.rename(repositories.named(caller, input.oldName), input.newName);
  return undefined;
}

/** DeleteRepository: of one that is not there too, which then answers no id (API_DeleteRepository). */
async function deleteRepository(
  input: Valid<DeleteRepositoryInput>,
  { caller, codeCommit: { repositories } }: CodeCommitContext,
) {
  const repository = repositories.find(caller, input.repositoryName);
  if (!repository) return {};
  await repositories.delete(repository);
  return { repositoryId: repository.id };
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
  ['GetRepository', getRepository],
  ['ListRepositories', listRepositories],
  ['GetBranch', getBranch],
  ['UpdateRepositoryName', updateRepositoryName],
  ['DeleteRepository', deleteRepository],
]);
