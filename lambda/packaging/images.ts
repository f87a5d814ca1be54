import { getParametersByName } from '@aws-lambda-powertools/parameters/ssm';
import { requireEnv } from '../shared/env';
import { RefusedError } from '../shared/errors';
import { FLAVORS } from '../shared/flavors/choose';
import type { FlavorName, ModelFolder } from '../shared/flavors/flavor';
import { checkImage } from './check-image';
import { environmentOf, type ModelEnvironment } from './environment';
import { frameworkImage, frameworkImageUri, isFramework } from './framework-images';
import type { RequirementRules } from './requirements';
import { whyNot } from './rule';

/** Images that people put in place of the rule's, by flavor. */
export type ImageOverrides = Partial<Record<FlavorName, string>>;

/** When environment images are used: where AWS's are not safe, for every model, or never. */
export type EnvironmentImages = 'automatic' | 'always' | 'off';

/** What an installation decides on. */
export interface ImageSettings {
  readonly region: string;
  readonly overrides: ImageOverrides;
  readonly environmentImages: EnvironmentImages;
  readonly rules: RequirementRules;
}

/** The image that serves a model, and why. */
export type ImageChoice = {
  /** One sentence for people. */
  readonly reason: string;
  /** Who patches what is in it. */
  readonly patchedBy: string;
} & (
  | { readonly way: 'own' | 'framework'; readonly uri: string }
  /** An image that is shared by all models with this environment, and may have to be built first. */
  | { readonly way: 'environment'; readonly environment: ModelEnvironment }
);

/** What decides on a model's image besides the installation's settings. */
export interface ImageWish {
  readonly folder: ModelFolder;
  readonly frameworkVersion: string;
  /** The image that the version's tag names. */
  readonly tag: string | undefined;
  /** Whether people asked for this flavor by tag. */
  readonly steered: boolean;
  /** Why the flavors before this one cannot serve the model. */
  readonly before: readonly string[];
}

/** Which image serves which model, in one region and as people configured it. */
export class Images {
  constructor(readonly settings: ImageSettings) {}

  /**
   * The version's own image where a tag names one, else the installation's, else AWS's where that is safe, else one with the model's
   * own environment.
   *
   * @throws RefusedError with the reason and the way out
   */
  choose(flavor: FlavorName, { folder, frameworkVersion, tag, steered, before }: ImageWish): ImageChoice {
    const own = this.named(flavor, tag);
    if (own !== undefined) {
      return own;
    }
    if (isFramework(flavor)) {
      const image = frameworkImage(flavor);
      const uri = frameworkImageUri(flavor, this.settings.region);
      const patchedBy = `AWS${image.endOfPatch === undefined ? '' : ` until ${image.endOfPatch}`}`;
      if (steered) {
        return { way: 'framework', uri, patchedBy, reason: 'the tag sagemaker_deploy_flavor asks for it' };
      }
      if (this.settings.environmentImages === 'always') {
        throw new RefusedError('the setting mlflow-mlops:environment-images is "always"');
      }
      const environment = environmentOf(folder, this.settings.rules);
      const reasons = whyNot(flavor, { folder, frameworkVersion, environment }, image);
      if (reasons.length > 0) {
        throw new RefusedError(reasons.join('; '));
      }
      return { way: 'framework', uri, patchedBy, reason: `AWS's image of ${flavor} ${image.version} has what the model needs` };
    }
    return this.environment(folder, before);
  }

  /** The image that people named for a version or a flavor; undefined where they named none. */
  named(flavor: FlavorName, tag: string | undefined): (ImageChoice & { way: 'own' }) | undefined {
    const { region, overrides } = this.settings;
    if (tag !== undefined) {
      const uri = checkImage(tag, region, 'the tag sagemaker_deploy_image');
      return { way: 'own', uri, patchedBy: 'you', reason: 'the tag sagemaker_deploy_image names it' };
    }
    const override = overrides[flavor];
    if (override === undefined) {
      return undefined;
    }
    const where = `the SSM parameter ${parameterName(flavor)}`;
    return { way: 'own', uri: checkImage(override, region, where), patchedBy: 'you', reason: `${where} names it` };
  }

  private environment(folder: ModelFolder, before: readonly string[]): ImageChoice {
    if (this.settings.environmentImages === 'off') {
      throw new RefusedError(
        'the setting mlflow-mlops:environment-images is "off": set it to "automatic" in cdk.json, or put an image with MLflow\'s ' +
          `scoring server into the SSM parameter ${parameterName('python_function')} or the tag sagemaker_deploy_image`,
      );
    }
    const environment = environmentOf(folder, this.settings.rules);
    return {
      way: 'environment',
      environment,
      patchedBy: 'this installation: a newer base image comes with a new release',
      reason: before[0] ?? 'AWS has no image for models of this kind',
    };
  }
}

const MAX_AGE_SECONDS = 60;

/** The settings of this function: its environment, and the SSM parameters `/mlflow-mlops/<flavor>_image_uri`. */
export async function readImageSettings(): Promise<ImageSettings> {
  const mode = requireEnv('ENVIRONMENT_IMAGES');
  return {
    region: requireEnv('AWS_REGION'),
    overrides: await readImageOverrides(),
    environmentImages: mode === 'always' || mode === 'off' ? mode : 'automatic',
    rules: { indexes: JSON.parse(process.env.ENVIRONMENT_INDEXES ?? '[]') as string[], sources: false },
  };
}

/** Most installations have none or one. */
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
