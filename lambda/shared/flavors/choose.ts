import { RefusedError } from '../errors';
import type { Flavor } from './flavor';
import type { MlModel } from './mlmodel';
import { sklearn } from './sklearn';
import { xgboost } from './xgboost';

/** The flavours that can be deployed; where an MLmodel has several, the first of this list serves it. */
export const FLAVORS: readonly Flavor[] = [xgboost, sklearn];

/**
 * The flavour that serves a model.
 *
 * @throws RefusedError that names the model's flavours and those that can be deployed
 */
export function chooseFlavor(mlmodel: MlModel): Flavor {
  const flavor = FLAVORS.find(({ name }) => name in mlmodel.flavors);
  if (flavor === undefined) {
    throw new RefusedError(
      `no flavor of this model can be deployed: it has ${Object.keys(mlmodel.flavors).join(', ') || 'none'}, ` +
        `and these can be: ${FLAVORS.map(({ name }) => name).join(', ')}`,
    );
  }
  return flavor;
}
