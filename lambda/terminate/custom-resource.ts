import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { messageOf } from '../shared/errors';
import { logger } from '../shared/logging';
import { asStepError } from '../shared/step';
import { type TerminationEffects, terminate } from './terminate';
import { parseTermination } from './termination';

/** CloudFormation waits an hour for a custom resource; before that people are to be told what it waits for. */
const MINUTES_MAX = 50;

/** What CDK's provider framework takes as an answer of `onEvent`, and hands on to `isComplete`. */
export interface Begun {
  readonly PhysicalResourceId: string;
  readonly Data: { readonly Since: string };
}

/** The event of `isComplete`: the request with the answer of `onEvent` in it. */
export type Pending = CloudFormationCustomResourceEvent & Begun;

/** Begins: there is something to do only for a deletion, and that is done by {@link isTerminated}. */
export function begin(event: CloudFormationCustomResourceEvent, now: Date): Begun {
  const { GroupName } = parseTermination(event.ResourceProperties);
  return {
    PhysicalResourceId:
      event.RequestType === 'Create' ? `mlflow-mlops-deployment-${GroupName}` : event.PhysicalResourceId,
    Data: { Since: now.toISOString() },
  };
}

/**
 * Goes on with a termination.
 *
 * @returns whether it is done; the framework asks again while it is not
 * @throws Error for people, who see it as the reason why their product could not be terminated
 */
export async function isTerminated(event: Pending, effects: TerminationEffects): Promise<boolean> {
  const { RequestType, ResourceProperties, Data } = event;
  if (RequestType !== 'Delete') {
    return true;
  }
  const termination = parseTermination(ResourceProperties);
  logger.resetKeys();
  logger.appendKeys({ group: termination.GroupName });
  const since = new Date(Data.Since);
  const waiting = await progress(() => terminate(termination, since, effects));
  logger.info(waiting.length > 0 ? 'waiting' : 'terminated', { waiting });
  if (waiting.length > 0 && effects.now().getTime() - since.getTime() > MINUTES_MAX * 60_000) {
    throw new Error(
      `after ${MINUTES_MAX} minutes still: ${waiting.join('; ')}. Wait until that is over, then terminate the product again`,
    );
  }
  return waiting.length === 0;
}

/** A fault that passes by itself is one more thing to wait for; any other one is told with what to do. */
async function progress(run: () => Promise<string[]>): Promise<string[]> {
  try {
    return await run();
  } catch (error) {
    const known = error instanceof Error && error.cause !== undefined ? asStepError(error.cause) : asStepError(error);
    if (known.name === 'TransientError') {
      return [messageOf(error)];
    }
    throw new Error(`${messageOf(error)}. Mend that, then terminate the product again`, { cause: error });
  }
}
