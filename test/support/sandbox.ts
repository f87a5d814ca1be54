import { join } from 'node:path';
import type { SandboxContext } from '../../sandbox/cli/context';
import { up } from '../../sandbox/cli/lifecycle';
import { PROJECT } from '../../sandbox/processes/paths';

/** Time that a test file may take to bring the sandbox up: a minute, more on a busy machine. */
export const UP_TIMEOUT_MS = 400_000;

/**
 * The sandbox that all story tests share. The first test file brings it up, and it ends with the process that runs them.
 * SANDBOX_TEST_HOME names a sandbox that is up already, for those who work on a test.
 */
export function useSandbox(): Promise<SandboxContext> {
  const home = process.env.SANDBOX_TEST_HOME ?? join(PROJECT, '.sandbox-test');
  return up({ home, stay: false, ...(process.env.PYTHON === undefined ? {} : { python: process.env.PYTHON }) });
}
