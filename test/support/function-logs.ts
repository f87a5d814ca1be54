import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { SandboxEnv } from '../../sandbox/cli/context';
import { clientConfig } from '../../sandbox/deploy/clients';
import { linesOf } from './cloudwatch-logs';

/**
 * The lines that deployed functions wrote into their log groups, of all of their instances.
 *
 * @param of part of the function's name; the first one that has it counts
 * @param since milliseconds since the epoch
 */
export async function logLines(env: SandboxEnv, of: string, since: number): Promise<string[]> {
  for await (const { name, logGroup } of loggingFunctions(env)) {
    if (name.includes(of)) {
      return linesOf(env, logGroup, since);
    }
  }
  throw new Error(`no function ${of} with a log group is deployed`);
}

/** The same of all functions. */
export async function allLogLines(env: SandboxEnv, since: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const { logGroup } of loggingFunctions(env)) {
    lines.push(...(await linesOf(env, logGroup, since)));
  }
  return lines;
}

async function* loggingFunctions(env: SandboxEnv): AsyncGenerator<{ name: string; logGroup: string }> {
  const client = new LambdaClient(clientConfig(env.AWS_ENDPOINT_URL, env.AWS_ACCESS_KEY_ID));
  for await (const { Functions } of paginateListFunctions({ client }, {})) {
    for (const { FunctionName: name, LoggingConfig } of Functions ?? []) {
      const logGroup = LoggingConfig?.LogGroup;
      if (name !== undefined && logGroup !== undefined) {
        yield { name, logGroup };
      }
    }
  }
}
