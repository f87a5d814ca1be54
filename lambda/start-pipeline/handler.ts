import { step } from '../shared/step';
import { realEffects } from './effects';
import { type Outcome, startIfChanged } from './start';
import { parseStartRequest, type StartRequest } from './start-request';

/** The target of each model's rule: starts the model's pipeline when what it deploys has changed. */
export const handler = step<StartRequest, { outcome: Outcome }>(
  async (event, { awsRequestId }) => ({
    outcome: await startIfChanged(parseStartRequest(event), awsRequestId, realEffects()),
  }),
  ({ modelName, pipelineName }) => ({ model: modelName, pipeline: pipelineName }),
);
