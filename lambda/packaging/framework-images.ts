import { RefusedError } from '../shared/errors';
import table from './framework-images.json';

/** Frameworks that AWS ships an image for, and patches it. */
export type Framework = keyof typeof table.frameworks;

/** The image of a framework, with what decides on the models that it can serve. */
export interface FrameworkImage {
  readonly repository: string;
  /** AWS's version of it, which begins with the framework's. */
  readonly version: string;
  readonly tag: string;
  /** Minor version of its Python. */
  readonly python: string;
  /** ISO date on which AWS ends patching it. */
  readonly endOfPatch: string;
  /** Version by name of the packages in it. */
  readonly pins: Readonly<Record<string, string>>;
}

/** The frameworks as people call them. */
export const FRAMEWORK_NAMES: Readonly<Record<Framework, string>> = {
  sklearn: 'scikit-learn',
  xgboost: 'XGBoost',
  tensorflow: 'TensorFlow',
};

/** @returns true for a flavor that AWS ships an image for */
export function isFramework(name: string): name is Framework {
  return Object.hasOwn(table.frameworks, name);
}

/** The one image of a framework: what AWS does not patch any more is not in the table (scripts/refresh-image-table.py). */
export function frameworkImage(framework: Framework): FrameworkImage {
  return table.frameworks[framework];
}

/**
 * Where a region pulls a framework's image from.
 *
 * @throws RefusedError for a region that AWS has no account with images in
 */
export function frameworkImageUri(framework: Framework, region: string): string {
  const { repository, tag, accounts } = table.frameworks[framework];
  const account = (accounts as Record<string, string>)[region];
  if (account === undefined) {
    throw new RefusedError(`AWS has no image of ${framework} in region ${region}`);
  }
  return `${account}.dkr.ecr.${region}.${dnsSuffix(region)}/${repository}:${tag}`;
}

/**
 * What people should know of an image: that AWS does not patch it any more.
 *
 * @param uri any image; images of others, and newer ones than this release knows, have no warning
 */
export function endOfPatchWarning(uri: string, today: Date): string | undefined {
  const [, repository, tag = ''] = /^\d{12}\.dkr\.ecr\.[^/]+\/([^:]+):(\d[^:]*)$/.exec(uri) ?? [];
  const image = Object.values<FrameworkImage>(table.frameworks).find((one) => one.repository === repository);
  if (image === undefined) {
    return undefined;
  }
  if (image.tag !== tag) {
    return isOlder(tag, image.version)
      ? `AWS does not patch the image ${repository}:${tag} any more: the one that it patches is ${image.tag}`
      : undefined;
  }
  const ended = image.endOfPatch < today.toISOString().slice(0, 10);
  return ended ? `AWS patched the image ${repository}:${tag} until ${image.endOfPatch}` : undefined;
}

/** `1.4-2-py312-cpu-py3` is older than `1.9-0`: major, minor and revision decide. */
function isOlder(tag: string, version: string): boolean {
  const [ofTag, ofVersion] = [tag, version].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  const at = ofVersion?.findIndex((number, index) => number !== ofTag?.[index]) ?? -1;
  return at >= 0 && Number(ofTag?.[at]) < Number(ofVersion?.[at]);
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
