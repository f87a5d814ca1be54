import type { Context } from 'aws-lambda';
import { messageOf, TransientError } from './errors';
import { logger } from './logging';

/** Names of AWS errors that pass by themselves (Error retries in AWS SDKs, docs.aws.amazon.com/sdkref). */
const PASSING =
  /Throttl|TooManyRequests|RequestLimitExceeded|ConflictException|ConditionalRequestConflict|ResourceInUse|SlowDown|Timeout|InternalFailure|ServiceUnavailable|InternalServer/;

/** What a step needs to know of its invocation. */
export type StepContext = Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'>;

/**
 * A Lambda handler around one step: the log carries what the step works on, and errors reach the state machine by names
 * that its retries know.
 *
 * @param keys which members of the event identify the work (model, version, execution)
 */
export function step<I extends object, O>(
  run: (event: I, context: StepContext) => Promise<O>,
  keys: (event: I) => object,
): (event: I, context: StepContext) => Promise<O> {
  return async (event, context) => {
    logger.resetKeys();
    logger.appendKeys(keys(event) as Record<string, string>);
    try {
      const result = await run(event, context);
      logger.info('step done', { result: summary(result) });
      return result;
    } catch (error) {
      const named = asStepError(error);
      logger.error('step failed', { reason: named.message, type: named.name });
      throw named;
    }
  };
}

/** Codes of Node's network errors that pass by themselves, on the error or on its cause. */
const PASSING_CODE = /^(UND_ERR_|ECONN|EPIPE|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)/;

/** An error of AWS or of the network that passes by itself, as a TransientError; any other error as it is. */
export function asStepError(error: unknown): Error {
  if (error instanceof Error && error.name !== 'TransientError') {
    const { $retryable, $metadata } = error as { $retryable?: object; $metadata?: { httpStatusCode?: number } };
    const status = $metadata?.httpStatusCode ?? 0;
    if ($retryable !== undefined || status >= 500 || status === 429 || PASSING.test(error.name) || brokeOff(error)) {
      return new TransientError(`${error.name}: ${messageOf(error)}`, { cause: error });
    }
  }
  return error instanceof Error ? error : new Error(messageOf(error));
}

/** A connection that broke, also in the middle of a download. */
function brokeOff(error: Error): boolean {
  return [error, error.cause].some((one) =>
    PASSING_CODE.test(String((one as { code?: unknown } | undefined)?.code ?? '')),
  );
}

/** A result for the log: small ones whole, lists by their length. */
function summary(result: unknown): unknown {
  if (typeof result !== 'object' || result === null) {
    return result;
  }
  return Object.fromEntries(
    Object.entries(result).map(([key, value]) => [key, Array.isArray(value) ? value.length : value]),
  );
}
