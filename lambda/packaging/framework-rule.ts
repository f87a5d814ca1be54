import { RefusedError } from '../shared/errors';
import type { ModelFolder } from '../shared/flavors/flavor';
import { pythonVersionOf, textOf } from '../shared/flavors/mlmodel';
import { printable, quoted } from '../shared/printable';
import { FRAMEWORK_NAMES, type Framework, type FrameworkImage } from './framework-images';
import { missingPackages, pinOf, sameMajor } from './framework-packages';
import type { Requirements } from './requirements';

/** Counts up with every change of {@link CONDITIONS}: packages whose image an earlier rule chose are evaluated again. */
export const IMAGE_RULE = '1';

/** What the rule knows of a model. */
export interface TrainedModel {
  readonly framework: Framework;
  readonly folder: Pick<ModelFolder, 'mlmodel' | 'files'>;
  /** Version of the framework that it was trained with; '' if unknown. */
  readonly frameworkVersion: string;
  /** @throws RefusedError for requirements that no image can have */
  readonly requirements: () => Pick<Requirements, 'packages' | 'constraints'>;
}

/** A condition that AWS's image must meet. What is unknown does not meet it. */
export interface Condition {
  readonly name: 'version' | 'format' | 'modules' | 'Python' | 'pandas' | 'packages';
  /** The condition as docs/choice-of-images.md has it. */
  readonly rule: string;
  /** Why the image does not meet it, as a clause for people; undefined if it does. */
  readonly whyNot: (model: TrainedModel, image: FrameworkImage) => string | undefined;
}

const packages: Condition = {
  name: 'packages',
  rule: 'the image has every required package, in that version; numpy, scipy and pyarrow in the same major version',
  whyNot: ({ framework, requirements }, image) => missingPackages(framework, requirements(), image),
};
const modules: Condition = {
  name: 'modules',
  rule: 'the model brings no modules of its own (`code_paths`)',
  whyNot: ownModules,
};

/**
 * When AWS's image of a framework serves a model as MLflow does: all conditions hold. Any other model needs an image with its own
 * environment. docs/choice-of-images.md has the same table with its evidence.
 */
export const CONDITIONS: Readonly<Record<Framework, readonly Condition[]>> = {
  sklearn: [
    { name: 'version', rule: 'the same minor version of scikit-learn', whyNot: otherMinor },
    { name: 'format', rule: '`pickle`; `cloudpickle` if the image has cloudpickle', whyNot: notPickled },
    modules,
    { name: 'Python', rule: 'the same minor version of Python', whyNot: otherPython },
    { name: 'pandas', rule: 'the same major version of pandas', whyNot: otherPandas },
    packages,
  ],
  xgboost: [
    { name: 'version', rule: 'XGBoost 1.0 to the minor version of the image', whyNot: outsideVersions('1.0') },
    { name: 'format', rule: '`json` or `ubj`', whyNot: notJson },
    modules,
    {
      name: 'pandas',
      rule: 'the same major version of pandas, or a signature of tensors only',
      whyNot: (model, image) => (hasTensorsOnly(model) ? undefined : otherPandas(model, image)),
    },
    packages,
  ],
  tensorflow: [
    { name: 'version', rule: 'TensorFlow 2.0 to the minor version of the image', whyNot: outsideVersions('2.0') },
  ],
};

/** Why AWS's image of a framework does not serve a model as MLflow does; empty if it does. */
export function whyNot(model: TrainedModel, image: FrameworkImage): string[] {
  // Several conditions read the requirements, and may refuse them for the same line.
  return [...new Set(CONDITIONS[model.framework].flatMap((condition) => reasonOf(condition, model, image) ?? []))];
}

function reasonOf({ whyNot: check }: Condition, model: TrainedModel, image: FrameworkImage): string | undefined {
  try {
    return check(model, image);
  } catch (error) {
    if (error instanceof RefusedError) {
      return error.message;
    }
    throw error;
  }
}

function otherMinor({ framework, frameworkVersion }: TrainedModel, image: FrameworkImage): string | undefined {
  const name = FRAMEWORK_NAMES[framework];
  return ofRelease(name, frameworkVersion, (minor) =>
    minor === imageMinor(image)
      ? undefined
      : `trained with ${name} ${frameworkVersion}, and AWS patches no image of ${minor}`,
  );
}

/** Later versions read the files of earlier ones back to a first version, and never the other way round. */
function outsideVersions(first: string): Condition['whyNot'] {
  return ({ framework, frameworkVersion }, image) => {
    const name = FRAMEWORK_NAMES[framework];
    const last = imageMinor(image);
    return ofRelease(name, frameworkVersion, (minor) =>
      order(minor) >= order(first) && order(minor) <= order(last)
        ? undefined
        : `trained with ${name} ${frameworkVersion}, and AWS's image loads models of ${first} to ${last}`,
    );
  };
}

function order(minor: string): number {
  const [first = 0, second = 0] = minor.split('.').map(Number);
  return first * 1_000_000 + second;
}

function notPickled({ folder }: TrainedModel, image: FrameworkImage): string | undefined {
  const format = textOf(folder.mlmodel.flavors.sklearn ?? {}, 'serialization_format');
  if (format === 'pickle' || (format === 'cloudpickle' && image.pins.cloudpickle !== undefined)) {
    return undefined;
  }
  return `saved in ${format === undefined ? 'an unknown format' : `the format ${quoted(format)}`}, and AWS's image has no package for it`;
}

function notJson({ folder }: TrainedModel): string | undefined {
  const { xgboost = {}, python_function: general = {} } = folder.mlmodel.flavors;
  const file = textOf(xgboost, 'data') ?? textOf(general, 'data') ?? '';
  return /\.(?:json|ubj)$/.test(file)
    ? undefined
    : `saved in the file ${quoted(file)}, and only json and ubj files load in other versions`;
}

/** These may import mlflow, which MLflow never lists by accident and no image of AWS has, and whatever mlflow brings. */
function ownModules({ folder: { files, mlmodel } }: TrainedModel): string | undefined {
  const code = Object.values(mlmodel.flavors).some((flavor) => flavor.code !== undefined && flavor.code !== null);
  return code || files.some(({ path }) => path.startsWith('code/'))
    ? "the model's own modules may import mlflow, which AWS's image does not have"
    : undefined;
}

function otherPython({ folder }: TrainedModel, image: FrameworkImage): string | undefined {
  return ofRelease('Python', pythonVersionOf(folder.mlmodel) ?? '', (minor) =>
    minor === image.python ? undefined : `trained with Python ${minor}, and AWS's image has Python ${image.python}`,
  );
}

function otherPandas({ requirements }: TrainedModel, image: FrameworkImage): string | undefined {
  const version = pinOf(requirements().packages, 'pandas') ?? '';
  return ofRelease('pandas', version, () =>
    sameMajor(version, image.pins.pandas)
      ? undefined
      : `trained with pandas ${version}, and AWS's image has pandas ${image.pins.pandas}`,
  );
}

function hasTensorsOnly({ folder }: TrainedModel): boolean {
  try {
    const inputs: unknown = JSON.parse(textOf(folder.mlmodel.signature ?? {}, 'inputs') ?? '');
    const isTensor = (one: unknown) =>
      typeof one === 'object' && one !== null && 'type' in one && one.type === 'tensor';
    return Array.isArray(inputs) && inputs.length > 0 && inputs.every(isTensor);
  } catch {
    return false;
  }
}

/**
 * Compares the minor version that a model was trained with, as `1.9` of a release `1.9.1`. A pre-release or a build of somebody's own
 * may write other files than the release: it counts as unknown.
 */
function ofRelease(what: string, version: string, compare: (minor: string) => string | undefined): string | undefined {
  const [, minor] = /^(\d{1,4}\.\d{1,4})(?:\.\d+)*$/.exec(version) ?? [];
  if (minor !== undefined) {
    return compare(minor);
  }
  return version === ''
    ? `it does not say which version of ${what} it was trained with`
    : `it was trained with ${what} ${printable(version, 50)}, which is no release`;
}

/** `1.9-0` is AWS's first image of 1.9. */
function imageMinor({ version }: FrameworkImage): string {
  return /^\d+\.\d+/.exec(version)?.[0] ?? '';
}
