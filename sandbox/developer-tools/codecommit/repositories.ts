import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Caller } from '../../aws-json/caller';
import { invalidRepositoryName, repositoryDoesNotExist, repositoryNameExists } from './errors';
import { git } from './git';
import { installHook } from './hook';

/** A repository: what CodeCommit says of it, and where git has it. */
export interface Repository {
  readonly id: string;
  readonly owner: Caller;
  name: string;
  /** The bare repository: its folder carries the name, so that a person finds it. */
  folder: string;
  readonly description?: string;
  readonly created: Date;
  lastModified: Date;
}

/** What a new repository is made of. */
export interface NewRepository {
  readonly name: string;
  readonly description?: string | undefined;
  /** The branch that is there first; the first push may make another the default one. */
  readonly branch?: string | undefined;
}

/** Marks a bare repository as the sandbox's own. */
const MARK = 'mlflow-mlops-sandbox';

/**
 * The bare repositories of all accounts, in `<root>/<account>/<name>.git`. A name is taken once in an account, in whichever
 * region: the sandbox has one.
 */
export class Repositories {
  private readonly byId = new Map<string, Repository>();

  /**
   * @param root the folder of all accounts' folders
   * @param urlFile the file that says where the server is, for the hooks
   */
  constructor(
    private readonly root: string,
    private readonly urlFile: string,
  ) {}

  /** Removes the repositories that a former sandbox left: the stacks that they belonged to are forgotten. */
  async clear(): Promise<void> {
    await mkdir(this.root, { recursive: true });
    for (const account of await readdir(this.root)) {
      if (!/^\d{12}$/.test(account)) continue;
      for (const name of await readdir(join(this.root, account))) {
        const folder = join(this.root, account, name);
        const own = await git(folder, ['config', '--get', `${MARK}.id`]).catch(() => undefined);
        if (own !== undefined) await rm(folder, { recursive: true });
      }
    }
  }

  /** Makes an empty repository. @throws ServiceError when the name is taken */
  async create(owner: Caller, { name, description, branch = 'main' }: NewRepository): Promise<Repository> {
    this.refuse(owner, name);
    const now = new Date();
    const repository: Repository = {
      id: randomUUID(),
      owner,
      name,
      folder: this.folderOf(owner, name),
      ...(description === undefined ? {} : { description }),
      created: now,
      lastModified: now,
    };
    // The name is taken from here on, before git has done its part.
    this.byId.set(repository.id, repository);
    try {
      await this.initialize(repository, branch);
    } catch (error) {
      this.byId.delete(repository.id);
      await rm(repository.folder, { recursive: true, force: true });
      throw error;
    }
    return repository;
  }

  /** A repository by name. @throws ServiceError when there is none */
  named(owner: Caller, name: string): Repository {
    const found = this.find(owner, name);
    if (!found) throw repositoryDoesNotExist(name);
    return found;
  }

  find(owner: Caller, name: string): Repository | undefined {
    return this.list(owner).find((repository) => repository.name === name);
  }

  withId(id: string): Repository | undefined {
    return this.byId.get(id);
  }

  list(owner: Caller): Repository[] {
    return [...this.byId.values()].filter(
      (repository) => repository.owner.account === owner.account && repository.owner.region === owner.region,
    );
  }

  /** Gives a repository another name, and its folder with it. @throws ServiceError when the new name is taken */
  async rename(repository: Repository, name: string): Promise<void> {
    if (repository.name === name) return;
    this.refuse(repository.owner, name);
    const folder = this.folderOf(repository.owner, name);
    await rename(repository.folder, folder);
    repository.name = name;
    repository.folder = folder;
    repository.lastModified = new Date();
    await installHook(folder, this.urlFile, repository.id);
  }

  async delete(repository: Repository): Promise<void> {
    this.byId.delete(repository.id);
    await rm(repository.folder, { recursive: true, force: true });
  }

  private refuse(owner: Caller, name: string): void {
    if (name.endsWith('.git')) throw invalidRepositoryName(name);
    if (this.find(owner, name)) throw repositoryNameExists(name);
  }

  private async initialize({ id, folder }: Repository, branch: string): Promise<void> {
    await mkdir(join(folder, 'info'), { recursive: true });
    await git(folder, ['init', '--quiet', '--bare', '--template=', `--initial-branch=${branch}`, folder]);
    await git(folder, ['config', `${MARK}.id`, id]);
    // A source action delivers every file as it is, whatever the repository's own attributes say of archives.
    await writeFile(join(folder, 'info', 'attributes'), '* -export-ignore -export-subst\n');
    await installHook(folder, this.urlFile, id);
  }

  private folderOf({ account }: Caller, name: string): string {
    return join(this.root, account, `${name}.git`);
  }
}
