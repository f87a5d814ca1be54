import { CodeCommitClient, UpdateRepositoryNameCommand } from '@aws-sdk/client-codecommit';
import { DisableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { once } from '../shared/context/once';
import { deployments } from '../shared/context/store';
import { timeLimits } from '../shared/time-limits';
import { runEffects } from './run-effects';
import { stackEffects } from './stack-effects';
import type { TerminationEffects } from './terminate';
import { unlessGone } from './unless-gone';

const events = once(() => new EventBridgeClient(timeLimits()));
const repositories = once(() => new CodeCommitClient(timeLimits()));

/** The real effects. */
export function realEffects(): TerminationEffects {
  return {
    ...runEffects(),
    ...stackEffects(),
    disableRule: (Name) =>
      unlessGone(['ResourceNotFoundException'], undefined, async () => {
        await events().send(new DisableRuleCommand({ Name }));
      }),
    forget: (groupName) => deployments().forget(groupName),
    renameRepository: (oldName, newName) =>
      unlessGone(['RepositoryDoesNotExistException'], undefined, async () => {
        await repositories().send(new UpdateRepositoryNameCommand({ oldName, newName }));
      }),
    now: () => new Date(),
  };
}
