import { Duration } from 'aws-cdk-lib';
import { JitterType, TaskInput } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { TRANSIENT_ERROR } from '../../lambda/shared/errors';
import type { NodeFunction } from '../node-function';

/** What passes by itself: our own word for it, and Lambda's (docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html). */
const PASSING_ERRORS = [
  TRANSIENT_ERROR,
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
];

/**
 * A function that ran out of time, by its new name and its old one. It may have waited for a call that no one answers, or been
 * started slowly among many; one that needs more time than it has fails again soon enough.
 */
const OUT_OF_TIME = ['Sandbox.Timedout', 'Lambda.Unknown'];

/** How an execution's failure is called: something could not be done. */
export const SYNC_FAILED = 'SyncFailed';

/** How a step that meets a passing error is tried again: after about 2, 4, 8 and 16 seconds, spread at random. */
export const RETRY = {
  errors: PASSING_ERRORS,
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 4,
  maxDelay: Duration.seconds(60),
  jitterStrategy: JitterType.FULL,
};

/**
 * A task that runs one of the sync's functions, with the retries that all of them have.
 *
 * @param payload JSONata, the function's event
 * @param outputs JSONata, the state's output
 */
export function invokeStep(
  scope: Construct,
  id: string,
  step: NodeFunction,
  payload: string,
  outputs: string,
): LambdaInvoke {
  const task = LambdaInvoke.jsonata(scope, id, {
    lambdaFunction: step,
    payload: TaskInput.fromText(oneLine(payload)),
    outputs: oneLine(outputs),
    retryOnServiceExceptions: false,
  });
  task.addRetry(RETRY);
  task.addRetry({ ...RETRY, errors: OUT_OF_TIME, maxAttempts: 2 });
  // Many models at once can use up an account's concurrency for as long as their largest archives take. A new account has 10.
  task.addRetry({ ...RETRY, errors: ['Lambda.TooManyRequestsException'], maxAttempts: 60 });
  return task;
}

/** An expression that is written over several lines here, as the one line that the state machine's definition holds. */
export function oneLine(expression: string): string {
  return expression.replace(/\s+/g, ' ');
}
