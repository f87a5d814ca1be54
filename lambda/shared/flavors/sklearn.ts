import { RefusedError } from '../errors';
import { quoted } from '../printable';
import type { Flavor } from './flavor';
import { type MlModel, textOf } from './mlmodel';
import { packForScriptMode } from './script-mode';
import inference from './serving/sklearn_inference.py';

/** scikit-learn models in AWS's scikit-learn image. */
export const sklearn: Flavor = {
  name: 'sklearn',
  serves: ['sklearn'],
  packing: '1',
  pack(folder) {
    const config = folder.mlmodel.flavors.sklearn ?? {};
    checkPredict(folder.mlmodel);
    checkSerialization(textOf(config, 'serialization_format'));
    return packForScriptMode(folder, {
      name: 'sklearn',
      frameworkVersion: ['sklearn_version', textOf(config, 'sklearn_version')],
      modelFile: ['pickled_model', textOf(config, 'pickled_model')],
      inference,
    });
  },
};

/** MLflow's loader knows no other methods (mlflow/sklearn/__init__.py, pyfunc_predict_fn); the script has the same list. */
const PREDICT_METHODS = ['predict', 'predict_proba', 'predict_log_proba', 'predict_joint_log_proba', 'score'];
const SERIALIZATIONS = ['pickle', 'cloudpickle', 'skops'];

/** MLflow gives an estimator the flavor python_function only if it has the method to predict with. */
function checkPredict({ flavors: { python_function: general } }: MlModel): void {
  if (general === undefined) {
    throw new RefusedError(
      'the model has no flavor python_function: MLflow leaves it out for an estimator without predict, such as a transformer. ' +
        'Log a pipeline that ends in an estimator, or wrap it in mlflow.pyfunc.PythonModel',
    );
  }
  const method = textOf(general, 'predict_fn');
  if (method !== undefined && !PREDICT_METHODS.includes(method)) {
    throw new RefusedError(
      `MLmodel names the predict_fn ${quoted(method)}, and a scikit-learn model has one of ${PREDICT_METHODS.join(', ')}; ` +
        'log it with another pyfunc_predict_fn',
    );
  }
}

function checkSerialization(format: string | undefined): void {
  if (format !== undefined && !SERIALIZATIONS.includes(format)) {
    throw new RefusedError(
      `MLmodel names the serialization_format ${quoted(format)}, and ${SERIALIZATIONS.join(', ')} can be loaded; ` +
        'log it with one of them',
    );
  }
}
