import { getParametersByName } from '@aws-lambda-powertools/parameters/ssm';
import { RefusedError } from '../errors';
import { FLAVORS } from '../flavors/choose';
import type { FlavorName } from '../flavors/flavor';
import { checkImage } from './check-image';
import { findImage, isFramework } from './image-table';

/** An image that serves a model. */
export interface Image {
  readonly uri: string;
  /** Who chose it. */
  readonly from: 'tag' | 'parameter' | 'AWS';
}

/** Images that people put in place of AWS's, by flavour. */
export type ImageOverrides = Partial<Record<FlavorName, string>>;

/** What decides on a model's image. */
export interface ImageWish {
  /** Version of the framework that the model was trained with. */
  readonly frameworkVersion: string;
  /** Python that it was trained with; undefined where MLmodel does not say. */
  readonly pythonVersion: string | undefined;
  /** The image that the version's tag names. */
  readonly tag: string | undefined;
}

/** Which image serves which model, in one region and as people configured it. */
export class Images {
  constructor(
    private readonly region: string,
    private readonly overrides: ImageOverrides,
  ) {}

  /**
   * The version's own image where a tag names one, else the installation's, else the nearest of AWS's.
   *
   * @throws RefusedError that names the images there are and the way out
   */
  imageFor(flavor: FlavorName, { frameworkVersion, pythonVersion, tag }: ImageWish): Image {
    if (tag !== undefined) {
      return { uri: checkImage(tag, this.region, 'the tag sagemaker_deploy_image'), from: 'tag' };
    }
    const override = this.overrides[flavor];
    if (override !== undefined) {
      const parameter = parameterName(flavor);
      return { uri: checkImage(override, this.region, `the SSM parameter ${parameter}`), from: 'parameter' };
    }
    if (!isFramework(flavor)) {
      throw new RefusedError(
        `AWS has no image for it; put one with MLflow's scoring server into the SSM parameter ${parameterName(flavor)}, ` +
          'or name it by the tag sagemaker_deploy_image',
      );
    }
    const wish = { frameworkVersion, ...(pythonVersion === undefined ? {} : { pythonVersion }) };
    return { uri: findImage(flavor, wish, this.region).uri, from: 'AWS' };
  }
}

const MAX_AGE_SECONDS = 60;

/** Reads the SSM parameters `/mlflow-mlops/<flavor>_image_uri`; most installations have none or one. */
export async function readImageOverrides(): Promise<ImageOverrides> {
  const names = Object.fromEntries(FLAVORS.map(({ name }) => [parameterName(name), {}]));
  const found = await getParametersByName<string>(names, { throwOnError: false, maxAge: MAX_AGE_SECONDS });
  const overrides: ImageOverrides = {};
  for (const { name } of FLAVORS) {
    const value = (found as Record<string, unknown>)[parameterName(name)];
    if (typeof value === 'string') {
      overrides[name] = value;
    }
  }
  return overrides;
}

function parameterName(flavor: FlavorName): string {
  return `/mlflow-mlops/${flavor}_image_uri`;
}
