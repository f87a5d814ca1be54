import { join } from 'node:path';
import frameworkImages from '../../../lambda/packaging/framework-images.json';
import { parseEcrImage } from '../container-images';

/** Which kind of worker stands in for which image, by the image's repository. A kind is a file in `worker/kinds/`. */
const WORKER_KINDS: Readonly<Record<string, string>> = {
  'tensorflow-inference': 'tensorflow_serving',
  // No image of AWS's: tests of SageMaker's own behavior run small scripts in it.
  'sandbox-script-mode': 'script_mode',
};

/** An AWS image in script mode, with the pins of its Python environment. */
export interface FrameworkImage {
  readonly repository: string;
  readonly tag: string;
  readonly python: string;
  readonly pins: Readonly<Record<string, string>>;
}

/**
 * The image in script mode that a URI names; undefined for another kind of image.
 *
 * @throws Error for one whose environment is not known, in words fit for a FailureReason
 */
export function frameworkImageOf(image: string): FrameworkImage | undefined {
  const { sklearn, xgboost } = frameworkImages.frameworks;
  const known: readonly FrameworkImage[] = [sklearn, xgboost];
  const found = known.find(({ repository }) => repository === parseEcrImage(image)?.repository);
  if (found !== undefined && !image.endsWith(`:${found.tag}`)) {
    throw new Error(`The sandbox has the environment of ${found.repository}:${found.tag} only, not of ${image}.`);
  }
  return found;
}

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
  const repository = parseEcrImage(image)?.repository ?? image;
  const kind = WORKER_KINDS[repository];
  if (kind === undefined) {
    const known = Object.keys(WORKER_KINDS).join(', ');
    throw new Error(
      `The sandbox has no worker for the image ${image}: it stands in for ${known}, AWS's images in the table of framework images, and environment images.`,
    );
  }
  return kind;
}
