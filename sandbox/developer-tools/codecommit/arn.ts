import type { Repository } from './repositories';

/** The ARN of a repository, which changes with its name. */
export function arnOf({ owner, name }: Pick<Repository, 'owner' | 'name'>): string {
  return `arn:aws:codecommit:${owner.region}:${owner.account}:${name}`;
}

/** Where to clone a repository from: on this machine, its folder. */
export function cloneUrlsOf({ folder }: Pick<Repository, 'folder'>): { readonly http: string; readonly ssh: string } {
  const url = `file://${folder}`;
  return { http: url, ssh: url };
}
