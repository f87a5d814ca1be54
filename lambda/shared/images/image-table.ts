import { RefusedError } from '../errors';
import table from './table.json';

/** Frameworks that AWS ships images for and a flavour here uses. */
export type Framework = keyof typeof table.frameworks;

interface Image {
  readonly version: string;
  readonly tag: string;
}

/**
 * The AWS image that can load a model.
 *
 * The image of the same major and minor version is taken; else the nearest newer one of the same major version, because
 * frameworks read what an older version of theirs wrote, not the other way round.
 *
 * @param frameworkVersion the version that the model was trained with, as MLmodel says
 * @param region AWS region of the endpoint
 * @returns the image's URI
 * @throws RefusedError that names the versions there are and the way out
 */
export function imageUri(framework: Framework, frameworkVersion: string, region: string): string {
  const { repository, images, accounts } = table.frameworks[framework];
  const account = (accounts as Record<string, string>)[region];
  const image = nearest(images, frameworkVersion);
  if (image === undefined || account === undefined) {
    const why =
      image === undefined
        ? `there is none for version ${frameworkVersion} (there are ${images.map(({ version }) => version).join(', ')})`
        : `there is none in region ${region}`;
    throw new RefusedError(
      `no AWS image of ${framework} can load this model: ${why}; ` +
        `put an image of your own into the SSM parameter /mlflow-mlops/${framework}_image_uri`,
    );
  }
  return `${account}.dkr.ecr.${region}.${dnsSuffix(region)}/${repository}:${image.tag}`;
}

function nearest(images: readonly Image[], wanted: string): Image | undefined {
  const [major = Number.NaN, minor = Number.NaN] = numbers(wanted);
  return images
    .map((image) => ({ image, parts: numbers(image.version) }))
    .filter(({ parts: [imageMajor = 0, imageMinor = 0] }) => imageMajor === major && imageMinor >= minor)
    .sort((a, b) => (a.parts[1] ?? 0) - (b.parts[1] ?? 0) || (b.parts[2] ?? 0) - (a.parts[2] ?? 0))[0]?.image;
}

/** `1.4-2-py312` is 1, 4, 2: major, minor, and the image's own revision. */
function numbers(version: string): number[] {
  return version.split(/[.-]/).slice(0, 3).map(Number);
}

/** The SDK's configuration lists regions of all partitions (IANA of AWS: docs.aws.amazon.com/general/latest/gr/rande.html). */
function dnsSuffix(region: string): string {
  if (region.startsWith('cn-')) {
    return 'amazonaws.com.cn';
  }
  if (region.startsWith('us-iso-')) {
    return 'c2s.ic.gov';
  }
  return region.startsWith('us-isob-') ? 'sc2s.sgov.gov' : 'amazonaws.com';
}
