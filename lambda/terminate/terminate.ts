import { type RunEffects, stopRuns } from './runs';
import { removeStack, type StackEffects } from './stacks';
import { archivedName, type Termination } from './termination';

/** What terminating needs of the world. Every effect may be repeated, and what is gone is fine. */
export interface TerminationEffects extends RunEffects, StackEffects {
  readonly disableRule: (ruleName: string) => Promise<void>;
  /** Forgets what the pipeline was started for. */
  readonly forget: (groupName: string) => Promise<void>;
  readonly renameRepository: (from: string, to: string) => Promise<void>;
  readonly now: () => Date;
}

/**
 * Cleans up behind a pipeline, as far as it can without waiting: nothing starts any more, nothing runs, the endpoints go unless
 * they are to be kept, the repository gets out of the way. It looks at everything each time, so that a push or an event that
 * comes in between is found as well.
 *
 * @param since when the termination began
 * @returns what is waited for, for people; nothing when all is done
 * @throws Error with the reason when something cannot be done
 */
export async function terminate(
  { GroupName, RepositoryName, PipelineName, RuleName, StackNames, KeepEndpoints }: Termination,
  since: Date,
  effects: TerminationEffects,
): Promise<string[]> {
  await effects.disableRule(RuleName);
  // Before the stacks: a run that goes on would make them anew.
  const running = await stopRuns(PipelineName, effects);
  if (running.length > 0) {
    return running;
  }
  if (KeepEndpoints === 'false') {
    const stacks = await Promise.all(StackNames.map((name) => removeStack(name, since, effects)));
    const left = stacks.filter((one) => one !== undefined);
    if (left.length > 0) {
      return left;
    }
  }
  await effects.forget(GroupName);
  await effects.renameRepository(RepositoryName, archivedName(GroupName, effects.now()));
  return [];
}
