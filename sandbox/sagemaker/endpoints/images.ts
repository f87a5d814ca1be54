import { join } from 'node:path';
import { repositoryOf } from '../containers';

/** Which kind of worker stands in for which image, by the image's repository. A kind is a file in `worker/kinds/`. */
const WORKER_KINDS: Readonly<Record<string, string>> = {
  'sagemaker-scikit-learn': 'script_mode',
  'sagemaker-xgboost': 'script_mode',
  'tensorflow-inference': 'tensorflow_serving',
};

/** What MLflow calls the image that it builds (`mlflow sagemaker build-and-push-container`); who builds one may add to it. */
const MLFLOW_IMAGE = 'mlflow-pyfunc';

/** Repository of the images that this project builds: lib/environment-images. */
const ENVIRONMENTS = /\/mlflow-mlops-environments@sha256:([0-9a-f]{64})$/;

/** The folder of an environment image, below the one where builds make them; undefined for another image. */
export function environmentFolder(image: string, images: string): string | undefined {
  const [, hex] = ENVIRONMENTS.exec(image) ?? [];
  return hex === undefined ? undefined : join(images, hex);
}

/**
 * The worker kind for an image.
 *
 * @throws Error when the sandbox has none, in words fit for a FailureReason
 */
export function workerKindOf(image: string): string {
  const repository = repositoryOf(image) ?? image;
  const kind = WORKER_KINDS[repository] ?? (repository.includes(MLFLOW_IMAGE) ? 'mlflow_pyfunc' : undefined);
  if (kind === undefined) {
    const known = Object.keys(WORKER_KINDS).join(', ');
    throw new Error(
      `The sandbox has no worker for the image ${image}: it stands in for ${known}, and for repositories with ${MLFLOW_IMAGE} in their name.`,
    );
  }
  return kind;
}
