import type { Caller } from '../../aws-json/caller';
import type { EventSender } from '../../aws-json/events';
import type { S3Location } from '../aws/objects';
import type { Sessions } from '../aws/session';
import { changeEvent, type ReferenceChange } from './changes';
import { git } from './git';
import { defaultBranchOf } from './references';
import type { NewRepository, Repositories, Repository } from './repositories';
import { seed } from './seed';

/** A commit before the first one, as git writes it. */
const NO_COMMIT = '0'.repeat(40);

/** CodeCommit: repositories, what they are seeded with, and the events of what changes in them. */
export class CodeCommit {
  constructor(
    readonly repositories: Repositories,
    private readonly sessions: Sessions,
    private readonly events: EventSender,
    private readonly log: (line: string) => void,
  ) {}

  /**
   * Makes a repository, with a first commit when there is code for it.
   *
   * @throws ServiceError when the name is taken; Error when the code cannot be read, and then there is no repository
   */
  async create(owner: Caller, wanted: NewRepository, code?: S3Location): Promise<Repository> {
    const { repositories } = this;
    const repository = await repositories.create(owner, wanted);
    if (code === undefined) return repository;
    const session = this.sessions.of(owner);
    const branch = wanted.branch ?? 'main';
    try {
      const commit = await seed(repository, session, code, branch);
      await this.announce(repository, [{ ref: `refs/heads/${branch}`, before: NO_COMMIT, after: commit }]);
      return repository;
    } catch (error) {
      await repositories.delete(repository);
      throw error;
    } finally {
      session.close();
    }
  }

  /** Takes note of a push, and tells the account's event bus. @throws Error when there is no such repository */
  async pushed(repositoryId: string, changes: readonly ReferenceChange[]): Promise<void> {
    const repository = this.repositories.withId(repositoryId);
    if (!repository) throw new Error(`There is no repository ${repositoryId}: was it deleted?`);
    const branch = changes.find(({ ref }) => ref.startsWith('refs/heads/'))?.ref;
    // As in CodeCommit, the branch of the first push is the default one.
    if (branch !== undefined && (await defaultBranchOf(repository)) === undefined) {
      await git(repository.folder, ['symbolic-ref', 'HEAD', branch]);
    }
    repository.lastModified = new Date();
    await this.announce(repository, changes);
  }

  private async announce(repository: Repository, changes: readonly ReferenceChange[]): Promise<void> {
    for (const change of changes) {
      const event = changeEvent(repository, change);
      if (!event) continue;
      this.log(
        `repository ${repository.name}: ${String(event.detail.event)} ${change.ref} ${change.after.slice(0, 8)}`,
      );
      this.events.send(repository.owner, event);
    }
    await this.events.delivered();
  }
}
