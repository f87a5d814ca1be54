import type { SandboxContext } from '../cli/context';
import { deployModel } from './acts/deploy-model';
import { followPromotion } from './acts/follow-promotion';
import { refuseForgery } from './forgery';

/**
 * The main job, before your eyes: models are trained and registered, promoted, and answer from SageMaker endpoints, while
 * nobody types anything in between.
 *
 * @throws Error that names the first step that was not seen to happen
 */
export async function runDemo({ env, openSource, say }: SandboxContext): Promise<void> {
  const run = Date.now().toString(36);
  await deployModel(say, env, run);
  await followPromotion(say, openSource, run);
  await refuseForgery(say, env);
}
