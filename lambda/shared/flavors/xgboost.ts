import { RefusedError } from '../errors';
import { quoted } from '../printable';
import type { Flavor } from './flavor';
import { textOf } from './mlmodel';
import { packForScriptMode } from './script-mode';
import inference from './serving/xgboost_inference.py';

/** XGBoost models, Boosters and those of its scikit-learn interface, in AWS's XGBoost image. */
export const xgboost: Flavor = {
  name: 'xgboost',
  serves: ['xgboost'],
  packing: '1',
  pack(folder) {
    const { xgboost: config = {}, python_function: general = {} } = folder.mlmodel.flavors;
    checkModelClass(textOf(config, 'model_class'));
    return packForScriptMode(folder, {
      name: 'xgboost',
      frameworkVersion: ['xgb_version', textOf(config, 'xgb_version')],
      // Early versions of MLflow name the file in the python_function flavour only.
      modelFile: ['data', textOf(config, 'data') ?? textOf(general, 'data')],
      inference,
    });
  },
};

/** The classes that the script makes: a subclass is code of the model, which only MLflow's own loader runs. */
function checkModelClass(name: string | undefined): void {
  if (name !== undefined && !/^xgboost\.(core\.Booster|sklearn\.XGB[A-Za-z]*)$/.test(name)) {
    throw new RefusedError(
      `MLmodel names the model_class ${quoted(name)}, and AWS's image takes xgboost.core.Booster and xgboost.sklearn.XGB*; ` +
        'serve it as python_function',
    );
  }
}
