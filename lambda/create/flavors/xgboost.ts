import { RefusedError } from '../../shared/errors';
import type { Flavor } from './flavor';
import { textOf } from './mlmodel';
import { SCRIPT_MODE_ENVIRONMENT, scriptModeEntries } from './script-mode';
import inference from './serving/xgboost_inference.py';

/** What AWS's XGBoost image brings (github.com/aws/sagemaker-xgboost-container, requirements.txt). */
const PROVIDED = ['mlflow', 'mlflow-skinny', 'xgboost', 'scikit-learn', 'numpy', 'scipy', 'pandas', 'pyarrow'];

/** XGBoost models, Boosters and those of its scikit-learn interface, in AWS's XGBoost image. */
export const xgboost: Flavor = {
  name: 'xgboost',
  packing: '1',
  pack(folder) {
    const config = folder.mlmodel.flavors.xgboost ?? {};
    const frameworkVersion = textOf(config, 'xgb_version');
    // MLflow before 1.29 kept the file's name in the python_function flavour only.
    const model = textOf(config, 'data') ?? textOf(folder.mlmodel.flavors.python_function ?? {}, 'data');
    if (frameworkVersion === undefined || model === undefined) {
      throw new RefusedError("MLmodel's xgboost flavor has no xgb_version or no data");
    }
    if (!folder.files.some(({ path }) => path === model)) {
      throw new RefusedError(`the model file ${JSON.stringify(model)} that MLmodel names is not in the folder`);
    }
    return {
      frameworkVersion,
      environment: SCRIPT_MODE_ENVIRONMENT,
      entries: scriptModeEntries(folder, inference, PROVIDED),
    };
  },
};
