import { RefusedError } from '../errors';
import { printable, quoted } from '../printable';
import type { Flavor } from './flavor';
import type { MlModel } from './mlmodel';
import { pythonFunction } from './python-function';
import { sklearn } from './sklearn';
import { tensorflow } from './tensorflow';
import { xgboost } from './xgboost';

/** The flavours that can be deployed. Those in AWS's own images come first; MLflow's general one serves every other model. */
export const FLAVORS: readonly Flavor[] = [xgboost, sklearn, tensorflow, pythonFunction];

/** As much as people need of a list that a model's own file gives. */
const FLAVORS_SHOWN_MAX = 300;

/**
 * The flavours that might serve a model, best first.
 *
 * @param wanted the one that people asked for by tag; only it is tried then
 * @throws RefusedError that names the model's flavours and those that can be deployed
 */
export function candidateFlavors(mlmodel: MlModel, wanted: string | undefined): Flavor[] {
  const has = Object.keys(mlmodel.flavors);
  const candidates = FLAVORS.filter(
    ({ name, serves }) =>
      serves.some((flavor) => has.includes(flavor)) &&
      (wanted === undefined || name === wanted || serves.includes(wanted)),
  );
  if (candidates.length > 0) {
    return candidates;
  }
  const known = FLAVORS.map(({ name }) => name).join(', ');
  const own = printable(has.join(', '), FLAVORS_SHOWN_MAX) || 'none';
  throw new RefusedError(
    wanted === undefined
      ? `no flavor of this model can be deployed: it has ${own}, and these can be: ${known}; log it with a python_function flavor`
      : `the tag sagemaker_deploy_flavor asks for ${quoted(wanted)}: the model has ${own}, and these can be deployed: ${known}`,
  );
}
