import { join } from 'node:path';
import { DisableRuleCommand, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import type { SandboxContext, SandboxEnv } from '../../sandbox/cli/context';
import { down, up } from '../../sandbox/cli/lifecycle';
import { awsOf } from '../../sandbox/demo/aws';
import { PROJECT } from '../../sandbox/processes/paths';
import { buildStoriesImage } from './environment-images';

const OWN_HOME = join(PROJECT, '.sandbox-test');

/** Time that a test file may take to bring the sandbox up: a minute, more on a busy machine. */
export const UP_TIMEOUT_MS = 400_000;

/**
 * The sandbox that all story tests share. The first test file brings it up, and it ends with the process that runs them.
 * SANDBOX_TEST_HOME names a sandbox that is up already, for those who work on a test.
 */
export async function useSandbox(): Promise<SandboxContext> {
  const context = await up({
    home: process.env.SANDBOX_TEST_HOME ?? OWN_HOME,
    stay: false,
    ...(process.env.PYTHON === undefined ? {} : { python: process.env.PYTHON }),
  });
  await Promise.all([context.env, context.openSource].map(endHourlySyncs));
  await buildStoriesImage(context);
  return context;
}

/** Ends the tests' own sandbox, where no other file needs it any more; one that SANDBOX_TEST_HOME names stays. */
export async function endSandbox(): Promise<void> {
  if (process.env.SANDBOX_TEST_HOME === undefined) {
    await down({ home: OWN_HOME });
  }
}

/** Tests start their syncs of all themselves: the hour's would come into the middle of one of them, and do its work. */
async function endHourlySyncs(env: SandboxEnv): Promise<void> {
  const { eventBridge } = awsOf(env);
  const { Rules = [] } = await eventBridge.send(new ListRulesCommand({}));
  const hourly = Rules.filter(({ ScheduleExpression }) => ScheduleExpression === 'rate(1 hour)');
  if (hourly.length !== 1) {
    throw new Error(`${hourly.length} rules come by the hour`);
  }
  await eventBridge.send(new DisableRuleCommand({ Name: hourly[0]?.Name }));
}
