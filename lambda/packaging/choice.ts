import { RefusedError } from '../shared/errors';
import type { FlavorName, ModelFolder } from '../shared/flavors/flavor';
import { printable } from '../shared/printable';
import { checkImage } from './check-image';
import { environmentOf, type ModelEnvironment } from './environment';
import { FRAMEWORK_NAMES, type Framework, frameworkImage, frameworkImageUri, isFramework } from './framework-images';
import { whyNot } from './framework-rule';
import { type RequirementRules, readRequirements } from './requirements';

/** Images that people put in place of the rule's, by flavor. */
export type ImageOverrides = Partial<Record<FlavorName, string>>;

/** When environment images are used: where AWS's image is not safe, for every model, or never. */
export type EnvironmentImages = 'automatic' | 'always' | 'off';

/** What an installation decides. */
export interface ChoiceSettings {
  readonly region: string;
  readonly overrides: ImageOverrides;
  readonly environmentImages: EnvironmentImages;
  readonly rules: RequirementRules;
}

/** What decides on a version's image besides the settings. */
export interface ServedModel {
  readonly folder: ModelFolder;
  /** Version of the framework that it was trained with; '' if unknown. */
  readonly frameworkVersion: string;
  /** The version's tag `sagemaker_deploy_image`. */
  readonly imageTag: string | undefined;
  /** The version's tag `sagemaker_deploy_flavor`. */
  readonly flavorTag: string | undefined;
  /** Why earlier flavors of the model are not served. */
  readonly reasons: readonly string[];
}

/** The image that serves a version, and why. */
export interface ServingChoice {
  readonly way: 'framework' | 'environment' | 'own';
  readonly flavor: FlavorName;
  /** URI of the image; absent for an environment image, which may have to be built first. */
  readonly image?: string;
  /** The environment in the image; absent for other images. */
  readonly environment?: ModelEnvironment;
  /** One sentence for people. */
  readonly reason: string;
  /** Who patches the packages in the image. */
  readonly patchedBy: string;
}

/**
 * The image that serves a version as one of its flavors. The first of these decides: the tag `sagemaker_deploy_image`, the flavor's
 * SSM parameter, the tag `sagemaker_deploy_flavor`, the setting for environment images, the rule for AWS's images.
 *
 * @throws RefusedError with all reasons and the fix if this flavor cannot be served
 */
export function chooseImage(flavor: FlavorName, model: ServedModel, settings: ChoiceSettings): ServingChoice {
  const named = namedImage(flavor, model.imageTag, settings);
  if (named !== undefined) {
    return { way: 'own', flavor, ...named, patchedBy: 'you' };
  }
  return isFramework(flavor) ? chooseFramework(flavor, model, settings) : chooseEnvironment(flavor, model, settings);
}

/**
 * The image that people named, for one version or for all of a flavor; undefined if they named none.
 *
 * @throws RefusedError for an image that SageMaker cannot pull
 */
export function namedImage(
  flavor: FlavorName,
  imageTag: string | undefined,
  { region, overrides }: Pick<ChoiceSettings, 'region' | 'overrides'>,
): { image: string; reason: string } | undefined {
  const [image, where] =
    imageTag === undefined
      ? [overrides[flavor], `the SSM parameter ${parameterName(flavor)}`]
      : [imageTag, 'the tag sagemaker_deploy_image'];
  return image === undefined
    ? undefined
    : { image: checkImage(image, region, where), reason: `${where} names the image` };
}

/** The SSM parameter that names the image of a flavor. */
export function parameterName(flavor: FlavorName): string {
  return `/mlflow-mlops/${flavor}_image_uri`;
}

function chooseFramework(flavor: Framework, model: ServedModel, settings: ChoiceSettings): ServingChoice {
  const { region, environmentImages, rules } = settings;
  const image = frameworkImage(flavor);
  const name = FRAMEWORK_NAMES[flavor];
  const uri = frameworkImageUri(flavor, region);
  const chosen = { way: 'framework', flavor, image: uri, patchedBy: `AWS until ${image.endOfPatch}` } as const;
  if (model.flavorTag === undefined && environmentImages === 'always') {
    throw new RefusedError('the setting mlflow-mlops:environment-images is "always"');
  }
  const { folder, frameworkVersion } = model;
  const requirements = () => readRequirements(folder.texts, rules);
  const against = whyNot({ framework: flavor, folder, frameworkVersion, requirements }, image);
  if (against.length === 0) {
    return { ...chosen, reason: `AWS's image of ${name} ${image.version} has what the model needs` };
  }
  if (model.flavorTag === undefined) {
    throw new RefusedError(against.join('; '));
  }
  // People know their model: it may be one of those that other versions load as well.
  return { ...chosen, reason: `the tag sagemaker_deploy_flavor asks for it, against the rule: ${against.join('; ')}` };
}

function chooseEnvironment(
  flavor: FlavorName,
  { folder, flavorTag, reasons }: ServedModel,
  { environmentImages, rules }: ChoiceSettings,
): ServingChoice {
  if (environmentImages === 'off') {
    throw new RefusedError(
      'the setting mlflow-mlops:environment-images is "off": set it to "automatic" in cdk.json, or put an image with MLflow\'s ' +
        `scoring server into the SSM parameter ${parameterName(flavor)} or the tag sagemaker_deploy_image`,
    );
  }
  const environment = environmentOf(folder, rules);
  const flavors = printable(Object.keys(folder.mlmodel.flavors).join(', '), 100);
  const [first = `AWS has no image for models of the flavors ${flavors}`] = reasons;
  // The environment image runs MLflow's own loader and nothing else.
  const script = folder.files.some(({ path }) => path === 'sagemaker/inference.py')
    ? "; the model's own sagemaker/inference.py is not used"
    : '';
  return {
    way: 'environment',
    flavor,
    environment,
    reason: (flavorTag === undefined ? first : 'the tag sagemaker_deploy_flavor asks for it') + script,
    patchedBy: 'this installation: a newer release builds images on a newer base',
  };
}
