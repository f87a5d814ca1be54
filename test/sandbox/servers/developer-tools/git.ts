import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateRepositoryCommand } from '@aws-sdk/client-codecommit';
import type { Stage } from './stage';

const run = promisify(execFile);
const WHO = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];

/** Runs git as a user does, with the user's own configuration. */
export async function git(folder: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await run('git', ['-C', folder, ...WHO, ...args]);
  return `${stdout}${stderr}`.trim();
}

/** A clone of a repository in a new folder. */
export async function clone(repository: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'clone-'));
  await run('git', ['clone', '--quiet', repository, folder]);
  return folder;
}

/** Commits a file and pushes it; answers the commit. */
export async function push(folder: string, file: string, text: string, branch = 'main'): Promise<string> {
  await writeFile(join(folder, file), text);
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--message', `Change ${file}`);
  await git(folder, 'push', '--quiet', 'origin', `HEAD:${branch}`);
  return git(folder, 'rev-parse', 'HEAD');
}

/** A new repository with files on its main branch, each by a commit of its own; answers a clone of it. */
export async function repository(stage: Stage, name: string, files: Readonly<Record<string, string>>): Promise<string> {
  await stage.codeCommit.send(new CreateRepositoryCommand({ repositoryName: name }));
  const folder = await clone(join(stage.repositories, `${name}.git`));
  for (const [file, text] of Object.entries(files)) await push(folder, file, text);
  return folder;
}
