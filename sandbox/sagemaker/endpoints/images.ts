import { repositoryOf } from '../containers';

/**
 * Which kind of worker stands in for which image, by the image's repository. A kind is a file in `worker/kinds/`; another
 * image (TensorFlow Serving, MLflow's pyfunc image) is one more file there and one more line here.
 */
const WORKER_KINDS: Readonly<Record<string, string>> = {
  'sagemaker-scikit-learn': 'script_mode',
  'sagemaker-xgboost': 'script_mode',
};

/**
 * The worker kind for an image.
 *
 * @throws Error when the sandbox has none, in words fit for a FailureReason
 */
export function workerKindOf(image: string): string {
  const repository = repositoryOf(image) ?? image;
  const kind = WORKER_KINDS[repository];
  if (kind === undefined) {
    const known = Object.keys(WORKER_KINDS).join(', ');
    throw new Error(`The sandbox has no worker for the image ${image}: it stands in for ${known}.`);
  }
  return kind;
}
