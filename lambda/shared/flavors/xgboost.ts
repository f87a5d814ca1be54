import type { Flavor } from './flavor';
import { textOf } from './mlmodel';
import { packForScriptMode } from './script-mode';
import inference from './serving/xgboost_inference.py';

/** What AWS's XGBoost image brings (github.com/aws/sagemaker-xgboost-container, requirements.txt). */
const PROVIDED = ['mlflow', 'mlflow-skinny', 'xgboost', 'scikit-learn', 'numpy', 'scipy', 'pandas', 'pyarrow'];

/** XGBoost models, Boosters and those of its scikit-learn interface, in AWS's XGBoost image. */
export const xgboost: Flavor = {
  name: 'xgboost',
  serves: ['xgboost'],
  packing: '1',
  pack(folder) {
    const { xgboost: config = {}, python_function: general = {} } = folder.mlmodel.flavors;
    return packForScriptMode(folder, {
      frameworkVersion: ['xgb_version', textOf(config, 'xgb_version')],
      // Early versions of MLflow name the file in the python_function flavour only.
      modelFile: ['data', textOf(config, 'data') ?? textOf(general, 'data')],
      inference,
      provided: PROVIDED,
    });
  },
};
