import { claims } from '../shared/context/store';
import type { ActionResult, ReleaseRequest, ReleaseResult } from '../shared/contracts';
import { executionArn, executionName, startSync } from '../shared/executions';
import { measure } from '../shared/metrics';
import { step } from '../shared/step';
import { measuredRound } from './measured';
import { addRound, hasMore, ROUNDS_MAX } from './totals';

/** Sums up a round and lets the model go, unless it changed meanwhile or there is more to do: then the claim is kept for another round. */
export const handler = step<ReleaseRequest, ReleaseResult>(
  async ({ modelName, execution, stateMachine, results, left, totals: before, ...origin }) => {
    const round = results.flat(2) as ActionResult[];
    const totals = addRound(before, round);
    const name = executionName(modelName, `after ${execution}`);
    const successor = executionArn(stateMachine, name);
    let holder = hasMore(left, round) ? execution : await claims().release(modelName, execution);
    if (holder === execution && totals.rounds >= ROUNDS_MAX) {
      await claims().handOver(modelName, execution, successor);
      holder = successor;
    }
    // A retry of this step may find the claim passed on and the successor not started.
    if (holder === successor) {
      await startSync(stateMachine, modelName, name);
    }
    const again = holder === execution;
    measure(measuredRound({ modelName, execution, ...origin, results: round, totals, ended: !again }, Date.now()));
    return { again, totals };
  },
  ({ modelName, execution }) => ({ model: modelName, execution }),
);
