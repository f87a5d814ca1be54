import { RefusedError } from '../errors';
import { printable } from '../printable';
import table from './table.json';

/** Frameworks that AWS ships images for and a flavour here uses. */
export type Framework = keyof typeof table.frameworks;

/** One of AWS's images. */
export interface FrameworkImage {
  readonly uri: string;
  /** AWS's version of it, which begins with the framework's. */
  readonly version: string;
  /** Minor version of the Python in it, where its tag says so. */
  readonly pythonVersion?: string;
}

interface Row {
  readonly version: string;
  readonly tag: string;
  readonly pythonVersion?: string;
  /** ISO date on which AWS ends patching the image, where it published one. */
  readonly endOfPatch?: string;
}

/**
 * Whether an image of a newer major version loads a model too.
 *
 * - scikit-learn promises nothing across versions (scikit-learn.org/stable/model_persistence.html); within a major version it
 *   warns and mostly works.
 * - XGBoost's model files are read by every later version (xgboost.readthedocs.io/en/stable/tutorials/saving_model.html).
 * - TensorFlow 2 reads SavedModels of TensorFlow 1 and 2 (tensorflow.org/guide/versions).
 */
const READS_OLDER_MAJORS: Readonly<Record<Framework, boolean>> = { sklearn: false, xgboost: true, tensorflow: true };

/** A version is a few characters; what a model's own file says may be anything. */
const VERSION_SHOWN_MAX = 50;

/** @returns true for a flavour that AWS ships images for */
export function isFramework(name: string): name is Framework {
  return Object.hasOwn(table.frameworks, name);
}

/**
 * The nearest AWS image that can load a model.
 *
 * The image of the same major and minor version is taken; else the nearest newer one, because frameworks read what an older
 * version of theirs wrote, not the other way round. Among images of one version the one with the model's Python is taken,
 * else the latest.
 *
 * @param frameworkVersion the version that the model was trained with; '' where nobody knows: the newest image then
 * @param pythonVersion the Python that it was trained with
 * @param region AWS region of the endpoint
 * @throws RefusedError that names the versions there are and the ways out
 */
export function findImage(
  framework: Framework,
  { frameworkVersion, pythonVersion }: { frameworkVersion: string; pythonVersion?: string },
  region: string,
): FrameworkImage {
  const { repository, accounts } = table.frameworks[framework];
  const account = (accounts as Record<string, string>)[region];
  const row = nearest(framework, frameworkVersion, pythonVersion);
  if (row === undefined || account === undefined) {
    const versions = rowsOf(framework)
      .map(({ version }) => version)
      .join(', ');
    const why =
      row === undefined
        ? `there is none for version ${printable(frameworkVersion, VERSION_SHOWN_MAX)} (there are ${versions})`
        : `there is none in region ${region}`;
    throw new RefusedError(
      `no AWS image of ${framework} can load this model: ${why}; put an image of your own into the SSM parameter ` +
        `/mlflow-mlops/${framework}_image_uri or the tag sagemaker_deploy_image, or serve it by MLflow with the tag ` +
        'sagemaker_deploy_flavor=python_function',
    );
  }
  const { version, pythonVersion: python } = row;
  return {
    uri: `${account}.dkr.ecr.${region}.${dnsSuffix(region)}/${repository}:${row.tag}`,
    version,
    ...(python === undefined ? {} : { pythonVersion: python }),
  };
}

/**
 * What people should know of an image: that AWS does not patch it any more.
 *
 * An image without a published date is taken for unpatched when a newer one of its framework is.
 *
 * @param uri any image; those that are not AWS's have no warning
 */
export function endOfPatchWarning(uri: string, today: Date): string | undefined {
  const [, repository, tag] = /^\d{12}\.dkr\.ecr\.[^/]+\/([^:]+):(.+)$/.exec(uri) ?? [];
  const framework = Object.keys(table.frameworks)
    .filter(isFramework)
    .find((name) => table.frameworks[name].repository === repository);
  if (framework === undefined) {
    return undefined;
  }
  const rows = rowsOf(framework);
  const index = rows.findIndex((row) => row.tag === tag);
  const day = today.toISOString().slice(0, 10);
  const ended = rows.slice(Math.max(0, index)).find(({ endOfPatch }) => endOfPatch !== undefined && endOfPatch < day);
  if (index < 0 || ended === undefined) {
    return undefined;
  }
  return ended.tag === tag
    ? `AWS patched the image ${repository}:${tag} until ${ended.endOfPatch}`
    : `AWS does not patch the image ${repository}:${tag} any more: it ended with ${ended.version} on ${ended.endOfPatch}`;
}

function nearest(framework: Framework, wanted: string, python: string | undefined): Row | undefined {
  const rows = rowsOf(framework);
  if (wanted === '') {
    return rows.at(-1);
  }
  const [major = Number.NaN, minor = Number.NaN] = numbers(wanted);
  const newer = rows.filter(({ version }) => {
    const [imageMajor = 0, imageMinor = 0] = numbers(version);
    return imageMajor === major ? imageMinor >= minor : imageMajor > major && READS_OLDER_MAJORS[framework];
  });
  const [first] = newer;
  const same = newer.filter(({ version }) => first !== undefined && isSameMinor(version, first.version));
  const ofPython = same.filter(({ pythonVersion }) => pythonVersion !== undefined && pythonVersion === minorOf(python));
  return ofPython.at(-1) ?? same.at(-1);
}

/** In the order of their versions. */
function rowsOf(framework: Framework): readonly Row[] {
  return table.frameworks[framework].images;
}

function isSameMinor(one: string, other: string): boolean {
  const [a, b] = [numbers(one), numbers(other)];
  return a[0] === b[0] && a[1] === b[1];
}

/** `3.12.1` is Python 3.12. */
function minorOf(python: string | undefined): string | undefined {
  return python?.split('.').slice(0, 2).join('.');
}

/** `1.4-2-py312` is 1, 4, 2: major, minor, and the image's own revision. */
function numbers(version: string): number[] {
  return version.split(/[.-]/).slice(0, 3).map(Number);
}

/** The SDK's configuration lists regions of all partitions (docs.aws.amazon.com/general/latest/gr/rande.html). */
function dnsSuffix(region: string): string {
  const suffixes: readonly [prefix: string, suffix: string][] = [
    ['cn-', 'amazonaws.com.cn'],
    ['us-isob-', 'sc2s.sgov.gov'],
    ['us-isof-', 'csp.hci.ic.gov'],
    ['eu-isoe-', 'cloud.adc-e.uk'],
    ['us-iso-', 'c2s.ic.gov'],
  ];
  return suffixes.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'amazonaws.com';
}
