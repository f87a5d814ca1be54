import { messageOf } from '../shared/errors';

/** What deleting stacks needs of the world. */
export interface StackEffects {
  /** The stack's status; undefined where there is no such stack. */
  readonly status: (stackName: string) => Promise<string | undefined>;
  /** Begins to delete a stack, in the name of the role that it was made with. */
  readonly deleteStack: (stackName: string) => Promise<void>;
  /** Why a deletion failed, of what failed since then; undefined where nothing did. */
  readonly failure: (stackName: string, since: Date) => Promise<string | undefined>;
}

/** Made by a change set that nobody executed: nothing is in progress. */
const EMPTY = 'REVIEW_IN_PROGRESS';

/**
 * Brings a stack one step nearer to being gone: what is in progress is waited for, anything else is deleted, also what could not
 * be deleted at some earlier time.
 *
 * @param since when the termination began
 * @returns what is waited for, for people; undefined when the stack is gone
 * @throws Error with the reason when the deletion failed
 */
export async function removeStack(stackName: string, since: Date, effects: StackEffects): Promise<string | undefined> {
  const status = await effects.status(stackName);
  if (status === undefined || status === 'DELETE_COMPLETE') {
    return undefined;
  }
  if (status !== EMPTY && status.endsWith('_IN_PROGRESS')) {
    return `stack ${stackName} is ${status}`;
  }
  const failure = status === 'DELETE_FAILED' ? await effects.failure(stackName, since) : undefined;
  if (failure !== undefined) {
    throw new Error(`stack ${stackName} could not be deleted: ${failure}`);
  }
  try {
    await effects.deleteStack(stackName);
  } catch (error) {
    throw new Error(`stack ${stackName} could not be deleted: ${messageOf(error)}`, { cause: error });
  }
  return `stack ${stackName} is being deleted`;
}
