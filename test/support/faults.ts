import type { Fault, FaultRequest } from '../../sandbox/aws-json/faults';

/** What SageMaker says to one who has no more instances of a kind. */
export const NO_INSTANCES = {
  action: 'CreateEndpoint',
  code: 'ResourceLimitExceeded',
  message: "The account-level service limit 'ml.m5.large for endpoint usage' is 0 Instances",
};

/**
 * Makes the next calls of an action fail at the sandbox's SageMaker, as AWS throttles, conflicts and breaks off:
 * `failNext(env.AWS_ENDPOINT_URL_SAGEMAKER, { action: 'CreateModelPackage', code: 'ThrottlingException', times: 2 })`.
 * The SDK repeats what is throttled or answered with 5xx, so more faults than its attempts are needed to fail its caller.
 *
 * @param endpoint the address of the stand-in
 * @throws Error that says what is wrong with the fault
 */
export async function failNext(endpoint: string, fault: FaultRequest): Promise<void> {
  await request(endpoint, 'POST', JSON.stringify(fault));
}

/** The faults that no call has met yet; a test that means to see one met asserts that this is empty. */
export async function pendingFaults(endpoint: string): Promise<readonly Fault[]> {
  return request(endpoint, 'GET');
}

/** Forgets all faults that no call has met, so that they do not reach into the next test. */
export async function clearFaults(endpoint: string): Promise<void> {
  await request(endpoint, 'DELETE');
}

async function request(endpoint: string, method: string, body?: string): Promise<readonly Fault[]> {
  const response = await fetch(new URL('/_sandbox/faults', endpoint), {
    method,
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} of faults at ${endpoint} was answered ${response.status}: ${text}`);
  return (JSON.parse(text) as { faults: readonly Fault[] }).faults;
}
