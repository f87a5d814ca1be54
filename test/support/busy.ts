import type { Stage } from './stories';

/** A service of MiniStack's that is busy for functions: S3 says SlowDown, the others that they throttle. */
export interface Busy {
  /** As MiniStack calls it: `s3`, `dynamodb`, `ssm`, `secretsmanager`, `states`, `events`. */
  readonly service: string;
  /** How many calls are refused. @default 1 */
  readonly times?: number;
  /** As much of all calls, at random. @default 1 */
  readonly share?: number;
}

/** Lets a service be busy for the next calls of functions, in both accounts. */
export async function makeBusy({ env }: Stage, busy: Busy): Promise<void> {
  await tell(env.AWS_ENDPOINT_URL, 'POST', busy);
}

/** What no call has met yet. */
export async function stillBusy({ env }: Stage): Promise<readonly Required<Busy>[]> {
  return tell(env.AWS_ENDPOINT_URL, 'GET');
}

/** Lets nothing be busy any more. */
export async function calmDown({ env }: Stage): Promise<void> {
  await tell(env.AWS_ENDPOINT_URL, 'DELETE');
}

async function tell(endpoint: string, method: string, body?: Busy): Promise<readonly Required<Busy>[]> {
  const response = await fetch(`${endpoint}/_sandbox/busy`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    throw new Error(`${method} of what is busy was answered ${response.status}: ${await response.text()}`);
  }
  return ((await response.json()) as { busy: readonly Required<Busy>[] }).busy;
}
