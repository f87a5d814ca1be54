import type { SandboxEnv } from '../../sandbox/cli/context';

/** Where CloudWatch Logs is, and of which account. */
type Account = Pick<SandboxEnv, 'AWS_ENDPOINT_URL' | 'AWS_ACCESS_KEY_ID'>;

interface LogEvents {
  readonly events: readonly { readonly message: string }[];
  readonly nextToken?: string;
}

/** A rule by which CloudWatch counts lines of a log. */
export interface MetricFilter {
  readonly filterPattern: string;
  readonly metricTransformations: readonly { readonly metricName: string; readonly metricNamespace: string }[];
}

/**
 * The lines of a log group.
 *
 * @param since milliseconds since the epoch
 */
export async function linesOf(env: Account, logGroupName: string, since: number): Promise<string[]> {
  const lines: string[] = [];
  let nextToken: string | undefined;
  do {
    const request = { logGroupName, startTime: since, ...(nextToken ? { nextToken } : {}) };
    const page = await callLogs<LogEvents>(env, 'FilterLogEvents', request);
    lines.push(...page.events.map(({ message }) => message));
    ({ nextToken } = page);
  } while (nextToken);
  return lines;
}

/** All metric filters of the account, of which there are a few. */
export async function metricFilters(env: Account): Promise<readonly MetricFilter[]> {
  const { metricFilters } = await callLogs<{ metricFilters: MetricFilter[] }>(env, 'DescribeMetricFilters', {});
  return metricFilters;
}

/** The project has no client of CloudWatch Logs, and needs none elsewhere: two actions of its JSON protocol do. */
async function callLogs<Answer>(env: Account, action: string, request: object): Promise<Answer> {
  const scope = `${env.AWS_ACCESS_KEY_ID}/20260101/us-east-1/logs/aws4_request`;
  const response = await fetch(env.AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Logs_20140328.${action}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(request),
  });
  if (!response.ok) {
    throw new Error(`${action}: ${response.status} ${await response.text()}`);
  }
  return (await response.json()) as Answer;
}
