import type { SandboxContext } from '../cli/context';
import type { Aws } from './aws';
import { largestDifference, predict } from './endpoint';
import type { TrainedModel } from './trained-model';
import { firstOf } from './words';

/** Predictions of an endpoint and of MLflow are equal within this. */
export const TOLERANCE = 1e-6;

/**
 * Asks an endpoint what MLflow was asked.
 *
 * @throws Error with both answers where they differ
 */
export async function comparePredictions(
  say: SandboxContext['say'],
  aws: Aws,
  endpoint: string,
  model: TrainedModel,
): Promise<void> {
  const answered = await predict(aws, endpoint, model.request);
  const difference = largestDifference(answered, model.predictions);
  if (!(difference <= TOLERANCE)) {
    throw new Error(`endpoint ${endpoint} answers ${answered}, MLflow ${model.predictions}`);
  }
  say(`  endpoint ${endpoint} answers ${firstOf(answered)}`);
  say(`  MLflow predicts ${firstOf(model.predictions)}: equal within ${TOLERANCE} (difference ${difference})`);
}
