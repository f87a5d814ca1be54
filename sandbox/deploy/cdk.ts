import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startGuarded } from '../processes/guarded';
import { lastLines } from '../processes/log-lines';
import { PROJECT, type SandboxPaths } from '../processes/paths';
import { REGION, SECRET_KEY } from './accounts';

/** What every run of the CDK CLI needs to know. */
export interface CdkContext {
  readonly paths: SandboxPaths;
  readonly python: string;
  readonly signal?: AbortSignal;
}

/** One run of the CLI. */
export interface CdkRun {
  readonly args: readonly string[];
  /** Names `logs/deploy-<log>.log` and the CLI's own folder: it remembers there which account an access key belongs to. */
  readonly log: string;
  readonly cwd?: string;
  /** Where to deploy to; without it the CLI gets no credentials, so that it asks no one who it is. */
  readonly target?: { readonly endpoint: string; readonly account: string };
}

/** A run of the CDK CLI failed. */
export class CdkFailed extends Error {
  override readonly name = 'CdkFailed';
}

/**
 * Runs the CDK CLI that is pinned in package.json.
 *
 * @throws CdkFailed with the last lines that it said
 */
export async function cdk(context: CdkContext, run: CdkRun): Promise<void> {
  const log = deployLog(context.paths, run.log);
  mkdirSync(dirname(log), { recursive: true });
  const shown = `cdk ${run.args.join(' ')}`;
  appendFileSync(log, `$ ${shown}\n`);
  const running = startGuarded(
    context.python,
    {
      // Node runs the CLI's own file: the same Node as this one, whatever PATH says.
      command: [process.execPath, join(PROJECT, 'node_modules', 'aws-cdk', 'bin', 'cdk'), ...run.args],
      cwd: run.cwd ?? PROJECT,
      env: environment(context.paths, run),
    },
    (chunk) => appendFileSync(log, chunk),
  );
  const stop = (): void => running.stop();
  context.signal?.addEventListener('abort', stop);
  const code = await running.ended;
  context.signal?.removeEventListener('abort', stop);
  context.signal?.throwIfAborted();
  if (code !== 0) {
    throw new CdkFailed(`\`${shown}\` ended with exit code ${code} (${log}):\n${lastLines(log, 25).join('\n')}`);
  }
}

/** Where the output of the CLI for a target goes. */
export function deployLog(paths: SandboxPaths, name: string): string {
  return join(paths.logs, `deploy-${name}.log`);
}

function environment(paths: SandboxPaths, { log, target }: CdkRun): Record<string, string> {
  const home = join(paths.home, 'cdk', log);
  mkdirSync(home, { recursive: true });
  const credentials: Record<string, string> = target
    ? {
        AWS_ENDPOINT_URL: target.endpoint,
        AWS_ACCESS_KEY_ID: target.account,
        AWS_SECRET_ACCESS_KEY: SECRET_KEY,
      }
    : {};
  return {
    // The user's PATH: the app's command is `npx tsx`.
    PATH: [dirname(process.execPath), join(PROJECT, 'node_modules', '.bin'), process.env.PATH ?? ''].join(':'),
    // No profile of the user's is found there.
    HOME: home,
    CDK_HOME: home,
    TMPDIR: paths.tmp,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    // The SDK must not look for an instance's role at 169.254.169.254.
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_VERSION_CHECK: 'true',
    // The CDK's check of templates takes 7 s and only warns; `npm test` runs it.
    CDK_VALIDATION: 'false',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    NO_COLOR: '1',
    CI: 'true',
    ...credentials,
  };
}
