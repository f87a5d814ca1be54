import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A socket's path has 107 characters at most (unix(7)), and tools make sockets in the temporary folder of a build, which is below its workspace. */
const ROOT_MAX = 60;

/**
 * Makes the folder in which a build works: in the sandbox's own temporary folder, which the next `up` clears, and where that lies
 * too deep, in the machine's.
 */
export function makeWorkspace(own = tmpdir()): Promise<string> {
  return mkdtemp(join(own.length <= ROOT_MAX ? own : '/tmp', 'build-'));
}
