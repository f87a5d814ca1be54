import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
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

/** What SageMaker enforces and this machine cannot, a sentence for people; undefined if containers are as strict as SageMaker's. */
export async function notEnforced(): Promise<string | undefined> {
  if (!(await canConfine())) {
    return 'this machine cannot confine containers: endpoints can write files, reach the network and use all memory, unlike in SageMaker';
  }
  return canLimitMemory()
    ? undefined
    : 'this machine cannot limit the memory of containers: serverless endpoints can use all memory, unlike in SageMaker';
}

/** Whether this user may make a control group with a memory limit: see worker/memory.py. */
function canLimitMemory(groups = '/sys/fs/cgroup'): boolean {
  const subtree = `${groups}/cgroup.subtree_control`;
  try {
    const second = existsSync(`${groups}/cgroup.controllers`);
    accessSync(second ? groups : `${groups}/memory`, constants.W_OK);
    return !second || readFileSync(subtree, 'utf8').split(/\s/).includes('memory');
  } catch {
    // No control groups, or none for this user.
    return false;
  }
}
