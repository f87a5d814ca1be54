import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { download, type S3Location } from '../aws/objects';
import type { Session } from '../aws/session';
import { unpack } from '../zip/unpack';
import { git } from './git';
import type { Repository } from './repositories';

/**
 * Makes the first commit of a repository out of an archive in S3, every file as it is there.
 *
 * @returns the commit
 * @throws Error when the archive cannot be read
 */
export async function seed(
  repository: Repository,
  session: Session,
  code: S3Location,
  branch: string,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'seed-'));
  try {
    const workTree = join(folder, 'files');
    const options = { workTree, index: join(folder, 'index') };
    await download(session, code, join(folder, 'code.zip'));
    await unpack(join(folder, 'code.zip'), workTree);
    // The seed's own .gitignore is for those who work with it: what is in the archive is to be there.
    await git(repository.folder, ['add', '--all', '--force', '.'], options);
    const tree = await git(repository.folder, ['write-tree'], options);
    const commit = await git(repository.folder, ['commit-tree', tree, '-m', 'Initial commit']);
    await git(repository.folder, ['update-ref', `refs/heads/${branch}`, commit]);
    return commit;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
