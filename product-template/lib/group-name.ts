import { WrongInput } from './wrong-input';

/** What names of model package groups look like that MLflow-MLOps makes. */
const GROUP_NAME = /^[a-z0-9](-*[a-z0-9])*$/;

/**
 * The model's package group, which the environment variable `GROUP_NAME` names; the pipeline sets it.
 *
 * @throws WrongInput when it is missing or cannot be one
 */
export function requireGroupName(env: NodeJS.ProcessEnv): string {
  const name = env.GROUP_NAME ?? '';
  if (!GROUP_NAME.test(name) || name.length > 63) {
    throw new WrongInput(
      `GROUP_NAME is "${name}": set it to the model's package group in SageMaker, for example GROUP_NAME=churn`,
    );
  }
  return name;
}
