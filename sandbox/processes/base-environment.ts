import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SandboxPaths } from './paths';

/**
 * The environment of every server of the sandbox. It starts from nothing, so that no profile, proxy or credential of the
 * user's shell reaches a server, or a Lambda that inherits a server's environment.
 *
 * PATH begins with the Node that runs this, which MiniStack starts for Lambdas, and the interpreter that was set up.
 */
export function baseEnvironment(paths: SandboxPaths, python: string): Record<string, string> {
  const home = join(paths.home, 'user');
  mkdirSync(home, { recursive: true });
  mkdirSync(paths.tmp, { recursive: true });
  return {
    PATH: [dirname(process.execPath), dirname(python), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    HOME: home,
    TMPDIR: paths.tmp,
    // Logs are read while the servers run.
    PYTHONUNBUFFERED: '1',
    // Names of models are any Unicode, whatever the machine's locale.
    PYTHONUTF8: '1',
    // Each Lambda would log at its cold start that later SDKs need a later Node.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}
