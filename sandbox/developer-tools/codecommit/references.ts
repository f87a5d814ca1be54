import { git } from './git';
import type { Repository } from './repositories';

/** A commit, with what a source action tells of it. */
export interface Commit {
  readonly id: string;
  readonly message: string;
  readonly authorDate: string;
  readonly committerDate: string;
}

/** The commit that a branch is at, or undefined when there is no such branch. */
export async function headOf({ folder }: Repository, branch: string): Promise<string | undefined> {
  const found = await git(folder, ['for-each-ref', '--format=%(refname) %(objectname)', `refs/heads/${branch}`]);
  // The pattern also names what is below it: `refs/heads/a` matches the branch `a/b`.
  const lines = found.split('\n').map((line) => line.split(' '));
  return lines.find(([name]) => name === `refs/heads/${branch}`)?.[1];
}

/** The branch that a clone checks out, or undefined while there is no commit. */
export async function defaultBranchOf(repository: Repository): Promise<string | undefined> {
  const branch = (await git(repository.folder, ['symbolic-ref', 'HEAD'])).replace(/^refs\/heads\//, '');
  return (await headOf(repository, branch)) === undefined ? undefined : branch;
}

/** What a commit says of itself. @throws Error when there is no such commit */
export async function commitOf({ folder }: Repository, id: string): Promise<Commit> {
  const told = await git(folder, ['show', '--no-patch', '--format=%H%n%aI%n%cI%n%B', id]);
  const [hash = '', authorDate = '', committerDate = '', ...message] = told.split('\n');
  return { id: hash, authorDate, committerDate, message: message.join('\n').trim() };
}

/** Writes the files of a commit into a ZIP archive. */
export async function archive({ folder }: Repository, commit: string, file: string): Promise<void> {
  await git(folder, ['archive', '--format=zip', `--output=${file}`, commit]);
}
