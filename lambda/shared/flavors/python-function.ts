import { RefusedError } from '../errors';
import type { Flavor } from './flavor';
import { textOf } from './mlmodel';

/**
 * Any model that MLflow can load, in an image with the model's environment and MLflow's own scoring server: the model folder as it is,
 * at the archive's root (mlflow.org/docs/latest/ml/deployment/deploy-model-to-sagemaker).
 */
export const pythonFunction: Flavor = {
  name: 'python_function',
  serves: ['python_function'],
  packing: '1',
  pack({ mlmodel, files }) {
    const config = mlmodel.flavors.python_function ?? {};
    if (textOf(config, 'loader_module') === undefined) {
      throw new RefusedError('MLmodel has no loader_module in its flavor python_function');
    }
    return {
      frameworkVersion: '',
      environment: { MLFLOW_DEPLOYMENT_FLAVOR_NAME: 'python_function', SERVING_ENVIRONMENT: 'SageMaker' },
      entries: files.map(({ path, size }) => ({ path, size, source: path })),
    };
  },
};
