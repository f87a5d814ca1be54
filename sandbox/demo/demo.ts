import type { SandboxContext } from '../cli/context';
import { deployModel } from './acts/deploy-model';
import { followPromotion } from './acts/follow-promotion';
import { refuseForgery } from './forgery';

/**
 * The main job: models are trained, registered and promoted, and answer from SageMaker endpoints without a manual step.
 *
 * @throws Error that names the first step that was not seen to happen
 */
export async function runDemo({ env, openSource, say }: SandboxContext): Promise<void> {
  const run = Date.now().toString(36);
  await deployModel(say, env, run);
  await followPromotion(say, openSource, run);
  await refuseForgery(say, env);
}
