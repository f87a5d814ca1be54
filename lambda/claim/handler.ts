import { claims } from '../shared/context/store';
import type { ClaimResult, ModelStep } from '../shared/contracts';
import { runs } from '../shared/executions';
import { groupNameOf } from '../shared/names/group-name';
import { step } from '../shared/step';

/** Takes the model's claim, or tells its holder that the model changed. */
export const handler = step<ModelStep, ClaimResult>(
  async ({ modelName, execution }) => ({
    claimed: await claims().claim(modelName, execution, runs),
    groupName: groupNameOf(modelName),
  }),
  ({ modelName, execution }) => ({ model: modelName, execution }),
);
