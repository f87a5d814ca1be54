import { claims, ledger } from '../shared/context/store';
import type { ClaimRequest, ClaimResult } from '../shared/contracts';
import { runs } from '../shared/executions';
import { groupNameOf } from '../shared/names/group-name';
import { step } from '../shared/step';

/** How long a confirmation of deletions is valid, in milliseconds: for this execution, or for the holder that is told to plan again. */
const CONFIRMED_MS = 15 * 60 * 1000;

/** Takes the model's claim, or tells its holder that the model changed. */
export const handler = step<ClaimRequest, ClaimResult>(
  async ({ modelName, execution, verify, confirmDeletions }) => {
    // Before the claim: also a holder that is told to plan again then looks at everything.
    if (verify) {
      await ledger().strike(modelName);
    }
    if (confirmDeletions) {
      await ledger().confirm(modelName, Date.now() + CONFIRMED_MS);
    }
    return { claimed: await claims().claim(modelName, execution, runs), groupName: groupNameOf(modelName) };
  },
  ({ modelName, execution }) => ({ model: modelName, execution }),
);
