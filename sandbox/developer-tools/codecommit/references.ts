import { git } from './git';
import type { Repository } from './repositories';

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

/** The message of a commit. */
export async function messageOf({ folder }: Repository, commit: string): Promise<string> {
  return (await git(folder, ['show', '--no-patch', '--format=%B', commit])).trim();
}

/** Writes the files of a commit into a ZIP archive. */
export async function archive({ folder }: Repository, commit: string, file: string): Promise<void> {
  await git(folder, ['archive', '--format=zip', `--output=${file}`, commit]);
}
