import { execFile } from 'node:child_process';
import { platform } from 'node:os';
import { promisify } from 'node:util';

let answer: Promise<boolean> | undefined;

/**
 * Whether containers can be confined here: read-only but for /tmp, as another user, without network where they are isolated. That
 * takes Linux's namespaces, which root has, and ordinary users where their system allows it.
 */
export function canConfine(): Promise<boolean> {
  answer ??= probe();
  return answer;
}

async function probe(): Promise<boolean> {
  if (platform() !== 'linux') return false;
  const user = process.geteuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const command = [...user, '--mount', '--net', '--pid', '--fork', 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp'];
  return promisify(execFile)('unshare', command).then(
    () => true,
    () => false,
  );
}
