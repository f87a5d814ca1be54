import type { Flavor } from './flavor';
import { textOf } from './mlmodel';
import { packForScriptMode } from './script-mode';
import inference from './serving/sklearn_inference.py';

/** What AWS's scikit-learn image brings (github.com/aws/sagemaker-scikit-learn-container, requirements.txt). */
const PROVIDED = ['mlflow', 'mlflow-skinny', 'scikit-learn', 'numpy', 'scipy', 'pandas', 'joblib', 'pyarrow'];

/** scikit-learn models in AWS's scikit-learn image. */
export const sklearn: Flavor = {
  name: 'sklearn',
  serves: ['sklearn'],
  packing: '1',
  pack(folder) {
    const config = folder.mlmodel.flavors.sklearn ?? {};
    return packForScriptMode(folder, {
      frameworkVersion: ['sklearn_version', textOf(config, 'sklearn_version')],
      modelFile: ['pickled_model', textOf(config, 'pickled_model')],
      inference,
      provided: PROVIDED,
    });
  },
};
