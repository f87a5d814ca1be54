import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { SandboxEnv } from '../../sandbox/cli/context';
import { clientConfig } from '../../sandbox/deploy/clients';

interface LogEvents {
  readonly events: readonly { readonly message: string }[];
  readonly nextToken?: string;
}

/**
 * The lines that a deployed function wrote into its log group, of all of its instances.
 *
 * @param of part of the function's name
 * @param since milliseconds since the epoch
 */
export async function logLines(env: SandboxEnv, of: string, since: number): Promise<string[]> {
  const logGroupName = await logGroupOf(env, of);
  const lines: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await filterLogEvents(env, { logGroupName, startTime: since, ...(nextToken ? { nextToken } : {}) });
    lines.push(...page.events.map(({ message }) => message));
    ({ nextToken } = page);
  } while (nextToken);
  return lines;
}

async function logGroupOf(env: SandboxEnv, of: string): Promise<string> {
  const client = new LambdaClient(clientConfig(env.AWS_ENDPOINT_URL, env.AWS_ACCESS_KEY_ID));
  for await (const { Functions } of paginateListFunctions({ client }, {})) {
    const group = Functions?.find(({ FunctionName }) => FunctionName?.includes(of))?.LoggingConfig?.LogGroup;
    if (group) {
      return group;
    }
  }
  throw new Error(`no function ${of} with a log group is deployed`);
}

/** The project has no client of CloudWatch Logs, and needs none elsewhere: one action of its JSON protocol does. */
async function filterLogEvents(env: SandboxEnv, request: object): Promise<LogEvents> {
  const scope = `${env.AWS_ACCESS_KEY_ID}/20260101/us-east-1/logs/aws4_request`;
  const response = await fetch(env.AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Logs_20140328.FilterLogEvents',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(request),
  });
  if (!response.ok) {
    throw new Error(`FilterLogEvents: ${response.status} ${await response.text()}`);
  }
  return (await response.json()) as LogEvents;
}
