import mlflowModel from './mlflow_model.py';
import mlflowParams from './mlflow_params.py';
import mlflowRequest from './mlflow_request.py';
import mlflowServing from './mlflow_serving.py';
import mlflowSignature from './mlflow_signature.py';
import mlflowSpec from './mlflow_spec.py';

/**
 * The Python modules that every flavour's `inference.py` imports, by file name: all of them go beside it into `code/`,
 * flat, since the container installs that folder's top-level modules only.
 */
export const SERVING_MODULES: Readonly<Record<string, string>> = {
  'mlflow_model.py': mlflowModel,
  'mlflow_params.py': mlflowParams,
  'mlflow_request.py': mlflowRequest,
  'mlflow_serving.py': mlflowServing,
  'mlflow_signature.py': mlflowSignature,
  'mlflow_spec.py': mlflowSpec,
};
