/** A stack as far as it matters here. */
export interface StackState {
  readonly status: string;
  readonly reason?: string;
}

/** What is done to stacks, so that the decisions can be tried without AWS. */
export interface Stacks {
  /** Undefined for a stack that does not exist. */
  describe(name: string): Promise<StackState | undefined>;
  delete(name: string): Promise<void>;
  /** Waits a moment before the stack is looked at again. */
  pause(): Promise<void>;
  log(line: string): void;
}

/** A first deployment that failed: CloudFormation updates no such stack, it can only be deleted. Nothing in it serves. */
const USELESS = ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'DELETE_FAILED'];
/** Ends in one of {@link USELESS}, or in nothing. */
const ON_ITS_WAY = ['ROLLBACK_IN_PROGRESS', 'DELETE_IN_PROGRESS'];

/**
 * Makes way for a new first deployment: deletes the stack if its first deployment failed, and waits until it is gone. Any other
 * stack is left alone.
 *
 * @throws Error when it cannot be deleted, with CloudFormation's reason
 */
export async function clearFailedStack(name: string, stacks: Stacks): Promise<void> {
  let deleted = false;
  let last = '';
  for (;;) {
    const { status = '', reason } = (await stacks.describe(name)) ?? {};
    if (deleted && status === 'DELETE_FAILED') {
      throw new Error(
        `${name} cannot be deleted: ${reason ?? 'CloudFormation gives no reason'}. ` +
          'Remove what is in the way, or delete the stack in the CloudFormation console, then run the pipeline again.',
      );
    }
    const useless = USELESS.includes(status);
    if (!useless && !ON_ITS_WAY.includes(status)) {
      stacks.log(last === '' ? `${name}: ${status || 'does not exist'}, nothing to do` : `${name}: gone`);
      return;
    }
    if (useless && !deleted) {
      stacks.log(`${name}: ${status}${reason ? ` (${reason})` : ''}; deleting it, for it cannot be updated`);
      await stacks.delete(name);
      deleted = true;
    } else if (status !== last) {
      stacks.log(`${name}: ${status}, waiting`);
    }
    last = status;
    await stacks.pause();
  }
}
