import { ServiceError } from '../../aws-json/errors';
import { validationError } from '../errors';
import type { AccountState, StoredEndpoint } from '../state';
import type { RunningVariant } from './fleet';
import type { EndpointLifecycle } from './lifecycle';

/** A request to the runtime, with the headers in lower case. */
export interface Invocation {
  readonly endpointName: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** What the runtime answers when the container answered. */
export interface InvocationResult {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** API_runtime_InvokeEndpoint: 6 MiB for real-time endpoints; dg/serverless-endpoints: 4 MB for serverless ones. */
const REAL_TIME_LIMIT = 6 * 1024 * 1024;
const SERVERLESS_LIMIT = 4 * 1024 * 1024;
/** API_runtime_InvokeEndpoint: "Model containers must respond to requests within 60 seconds". */
const TIMEOUT_MS = 60_000;
/** The longest message of an error of the runtime (service model). */
const MAX_MESSAGE = 2048;

const CUSTOM_ATTRIBUTES = 'x-amzn-sagemaker-custom-attributes';

/**
 * InvokeEndpoint: passes a request to the endpoint's worker and its answer back.
 *
 * @throws ServiceError `ValidationError` for an endpoint that is missing or does not serve, and for a body that is too large;
 * `ThrottlingException` when a serverless endpoint is at its MaxConcurrency; `ModelError` for what the container answers in error
 */
export async function invokeEndpoint(
  invocation: Invocation,
  state: AccountState,
  lifecycle: EndpointLifecycle,
): Promise<InvocationResult> {
  const endpoint = servingEndpoint(state, invocation.endpointName);
  const variant = lifecycle.fleetOf(endpoint)?.variant;
  if (!variant) throw validationError('The endpoint has no variant that serves.');
  refuseTooMuch(variant, invocation.body);
  variant.inFlight += 1;
  try {
    return await askContainer(variant, invocation, state);
  } finally {
    variant.inFlight -= 1;
  }
}

/** The first message is AWS's; an endpoint that is being updated goes on serving. */
function servingEndpoint(state: AccountState, name: string): StoredEndpoint {
  const endpoint = state.endpoints.get(name);
  const subject = `Endpoint ${name} of account ${state.caller.account}`;
  if (!endpoint) throw validationError(`${subject} not found.`);
  if (!['InService', 'Updating'].includes(endpoint.status)) {
    throw validationError(`${subject} is not in service: its status is ${endpoint.status}.`);
  }
  return endpoint;
}

function refuseTooMuch({ serverless, inFlight }: RunningVariant, body: Buffer): void {
  const limit = serverless ? SERVERLESS_LIMIT : REAL_TIME_LIMIT;
  if (body.length > limit) {
    throw validationError(
      `1 validation error detected: Value at 'body' failed to satisfy constraint: Member must have length less than or equal to ${limit}`,
    );
  }
  if (serverless && inFlight >= (serverless.MaxConcurrency ?? 1)) {
    throw new ServiceError('ThrottlingException', 'Rate exceeded', 429);
  }
}

async function askContainer(
  variant: RunningVariant,
  invocation: Invocation,
  state: AccountState,
): Promise<InvocationResult> {
  const response = await fetchAnswer(variant.url, invocation, state);
  const body = Buffer.from(await response.arrayBuffer());
  if (!response.ok) throw modelError(response.status, body.toString('utf8'), invocation, state);
  const attributes = response.headers.get(CUSTOM_ATTRIBUTES);
  return {
    body,
    headers: {
      'content-type': response.headers.get('content-type') ?? 'application/octet-stream',
      'x-amzn-invoked-production-variant': variant.summary.VariantName ?? '',
      ...(attributes === null ? {} : { [CUSTOM_ATTRIBUTES]: attributes }),
    },
  };
}

async function fetchAnswer(url: string, invocation: Invocation, state: AccountState): Promise<Response> {
  const passed = ['content-type', 'accept', CUSTOM_ATTRIBUTES, 'x-amzn-sagemaker-inference-id'];
  const headers = passed.flatMap((name) => {
    const value = invocation.headers[name];
    return value === undefined ? [] : [[name, value] as [string, string]];
  });
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return await fetch(`${url}/invocations`, {
      method: 'POST',
      headers,
      body: new Uint8Array(invocation.body),
      signal,
    });
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    const reason = timedOut
      ? 'Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again.'
      : 'The container primary ended.';
    throw modelError(0, reason, invocation, state, reason);
  }
}

/** ModelError in AWS's words, with the container's status and answer. */
function modelError(
  status: number,
  answer: string,
  { endpointName }: Invocation,
  { caller }: AccountState,
  words?: string,
): ServiceError {
  const side = status >= 500 ? 'server' : 'client';
  const group = `/aws/sagemaker/Endpoints/${endpointName}`;
  const message =
    words ??
    `Received ${side} error (${status}) from primary with message "${answer}". See https://${caller.region}.console.aws.amazon.com/cloudwatch/home?region=${caller.region}#logEventViewer:group=${group} in account ${caller.account} for more information.`;
  return new ServiceError('ModelError', message.slice(0, MAX_MESSAGE), 424, {
    Message: message.slice(0, MAX_MESSAGE),
    OriginalStatusCode: status,
    OriginalMessage: answer.slice(0, MAX_MESSAGE),
    LogStreamArn: `arn:aws:logs:${caller.region}:${caller.account}:log-group:${group}`,
  });
}
