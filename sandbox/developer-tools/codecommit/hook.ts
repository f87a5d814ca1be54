import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from './git';

const SCRIPT = join(__dirname, 'post-receive.cjs');

/**
 * Makes a bare repository tell the server of every push to it.
 *
 * @param urlFile the file from which the hook reads the server's address at each push
 */
export async function installHook(folder: string, urlFile: string, repositoryId: string): Promise<void> {
  const hooks = join(folder, 'hooks');
  const hook = join(hooks, 'post-receive');
  const command = [process.execPath, SCRIPT, urlFile, repositoryId].map(quoted).join(' ');
  await mkdir(hooks, { recursive: true });
  await writeFile(hook, `#!/bin/sh\nexec ${command}\n`);
  await chmod(hook, 0o755);
  // Who pushes may have hooks of their own for all repositories; here these must not replace ours.
  await git(folder, ['config', 'core.hooksPath', hooks]);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
