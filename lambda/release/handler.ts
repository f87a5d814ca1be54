import { claims } from '../shared/context/store';
import type { ActionResult, ReleaseRequest, ReleaseResult } from '../shared/contracts';
import { step } from '../shared/step';
import { addRound } from './totals';

/** Sums up a round and lets the model go, unless it changed meanwhile: then the claim is kept for another round. */
export const handler = step<ReleaseRequest, ReleaseResult>(
  async ({ modelName, execution, results, totals }) => {
    const released = await claims().release(modelName, execution);
    return { again: !released, totals: addRound(totals, results.flat(2) as ActionResult[]) };
  },
  ({ modelName, execution }) => ({ model: modelName, execution }),
);
