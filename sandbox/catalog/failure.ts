import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { BatchGetBuildsCommand } from '@aws-sdk/client-codebuild';
import type { ActionExecutionDetail } from '@aws-sdk/client-codepipeline';
import type { Aws } from '../demo/aws';
import { lastOf } from '../processes/log-lines';

/** How much of a build's log is shown: npm's and CDK's errors end within it. */
const LOG_LINES = 60;

/** Why an action failed: what the pipeline says, and what the build wrote last or the reasons in the stack's events. */
export async function failureOf(aws: Aws, action: ActionExecutionDetail): Promise<string> {
  const { executionResult: result } = action.output ?? {};
  const provider = action.input?.actionTypeId?.provider;
  const said = [result?.errorDetails?.message, result?.externalExecutionSummary].filter(
    (text, index, all) => text !== undefined && all.indexOf(text) === index,
  );
  const more =
    provider === 'CodeBuild'
      ? await buildLog(aws, result?.externalExecutionId)
      : await stackFailures(aws, action.input?.resolvedConfiguration?.StackName);
  return [`${action.stageName}/${action.actionName}: ${said.join(': ') || 'failed'}`, ...more].join('\n');
}

async function buildLog({ codeBuild }: Aws, id: string | undefined): Promise<string[]> {
  if (id === undefined) return [];
  const { builds = [] } = await codeBuild.send(new BatchGetBuildsCommand({ ids: [id] }));
  const link = builds[0]?.logs?.deepLink;
  // The sandbox's builds write their logs into files.
  if (!link?.startsWith('file:')) return [];
  const file = fileURLToPath(link);
  return existsSync(file) ? [...lastOf(readFileSync(file, 'utf8'), LOG_LINES), `(${file})`] : [];
}

async function stackFailures({ cloudFormation }: Aws, stackName: string | undefined): Promise<string[]> {
  if (stackName === undefined) return [];
  try {
    const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: stackName }));
    const operation = StackEvents.slice(0, 1 + StackEvents.findIndex(isBeginning(stackName)));
    return operation
      .filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'))
      .map(({ LogicalResourceId, ResourceStatusReason }) => `${LogicalResourceId}: ${ResourceStatusReason}`)
      .reverse();
  } catch (error) {
    // A first creation that failed may have been cleared away since.
    if (error instanceof Error && /does not exist/.test(error.message)) return [];
    throw error;
  }
}

/** The newest event with which an operation on the stack began: what lies before it is of an earlier one. */
function isBeginning(stackName: string) {
  return (event: { LogicalResourceId?: string | undefined; ResourceStatus?: string | undefined }): boolean =>
    event.LogicalResourceId === stackName && /^(?:CREATE|UPDATE)_IN_PROGRESS$/.test(event.ResourceStatus ?? '');
}
