import { RefusedError } from '../../shared/errors';
import type { Flavor } from './flavor';
import { textOf } from './mlmodel';
import { SCRIPT_MODE_ENVIRONMENT, scriptModeEntries } from './script-mode';
import inference from './serving/sklearn_inference.py';

/** What AWS's scikit-learn image brings (github.com/aws/sagemaker-scikit-learn-container, requirements.txt). */
const PROVIDED = ['mlflow', 'mlflow-skinny', 'scikit-learn', 'numpy', 'scipy', 'pandas', 'joblib', 'pyarrow'];

/** scikit-learn models in AWS's scikit-learn image. */
export const sklearn: Flavor = {
  name: 'sklearn',
  packing: '1',
  pack(folder) {
    const config = folder.mlmodel.flavors.sklearn ?? {};
    const frameworkVersion = textOf(config, 'sklearn_version');
    const model = textOf(config, 'pickled_model');
    if (frameworkVersion === undefined || model === undefined) {
      throw new RefusedError("MLmodel's sklearn flavor has no sklearn_version or no pickled_model");
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
