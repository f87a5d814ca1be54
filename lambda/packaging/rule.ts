import type { ModelFolder } from '../shared/flavors/flavor';
import { pythonVersionOf, textOf } from '../shared/flavors/mlmodel';
import { printable } from '../shared/printable';
import type { ModelEnvironment } from './environment';
import type { Framework, FrameworkImage } from './framework-images';
import { canonicalName } from './requirements';
import { satisfies } from './satisfies';

/** Counts up with every change of the rule: packages that were chosen an image for by an earlier one are looked at again. */
export const IMAGE_RULE = '1';

/** What the rule knows of a model. */
export interface TrainedModel {
  readonly folder: Pick<ModelFolder, 'mlmodel' | 'files'>;
  /** Version of the framework that it was trained with; '' where nobody says. */
  readonly frameworkVersion: string;
  /** The environment that it was trained in. */
  readonly environment: ModelEnvironment;
}

/** Why an image cannot serve a model safely, as a clause for people; undefined where it can. */
type Condition = (model: TrainedModel, image: FrameworkImage) => string | undefined;

/**
 * When AWS's image of a framework serves a model. All conditions must hold, and what nobody knows does not hold. Everything else is
 * served by an image with the model's own environment. docs/choice-of-images.md has the same table with its evidence.
 */
export const CONDITIONS: Readonly<Record<Framework, Readonly<Record<string, Condition>>>> = {
  sklearn: { version: sameMinor('scikit-learn'), format: noSkops, python: samePython, pandas: samePandas, packages },
  xgboost: { version: sameOrOlder('XGBoost'), format: jsonOrUbj, pandas: samePandas, packages },
  tensorflow: { version: sameOrOlder('TensorFlow') },
};

/** Why AWS's image of a framework cannot serve a model safely; empty where it can. */
export function whyNot(framework: Framework, model: TrainedModel, image: FrameworkImage): string[] {
  return Object.values(CONDITIONS[framework]).flatMap((condition) => condition(model, image) ?? []);
}

/** scikit-learn's pickles are promised to no other version (scikit-learn.org/stable/model_persistence.html). */
function sameMinor(name: string): Condition {
  return ({ frameworkVersion }, image) =>
    minorOf(frameworkVersion) === minorOf(image.version)
      ? undefined
      : `the model was trained with ${name} ${shown(frameworkVersion)}, and AWS patches an image of ${minorOf(image.version)} only`;
}

/** Later versions read the files of earlier ones of the same major version, never the other way round. */
function sameOrOlder(name: string): Condition {
  return ({ frameworkVersion }, image) => {
    const [major = Number.NaN, minor = Number.NaN] = numbers(frameworkVersion);
    const [imageMajor = 0, imageMinor = 0] = numbers(image.version);
    // XGBoost 1.7 files in json and ubj are read by 3.2; SavedModels of TensorFlow 1 are another format.
    const old = name === 'XGBoost' ? major < imageMajor && major >= 1 : false;
    return old || (major === imageMajor && minor <= imageMinor)
      ? undefined
      : `the model was trained with ${name} ${shown(frameworkVersion)}, and AWS patches an image of ${minorOf(image.version)} only`;
  };
}

function noSkops({ folder }: TrainedModel): string | undefined {
  const { sklearn = {} } = folder.mlmodel.flavors;
  return textOf(sklearn, 'serialization_format') === 'skops' ? "the model is a skops file, and AWS's image has no skops" : undefined;
}

/** The old binary format is read by its own versions only (xgboost.readthedocs.io/en/stable/tutorials/saving_model.html). */
function jsonOrUbj({ folder }: TrainedModel): string | undefined {
  const { xgboost = {}, python_function: general = {} } = folder.mlmodel.flavors;
  const file = textOf(xgboost, 'data') ?? textOf(general, 'data') ?? '';
  return /\.(?:json|ubj)$/.test(file) ? undefined : 'the model file is not in the format json or ubj';
}

/** A pickle may hold code by value, which loads in its own minor version only. */
function samePython({ folder }: TrainedModel, image: FrameworkImage): string | undefined {
  const python = pythonVersionOf(folder.mlmodel);
  return minorOf(python ?? '') === image.python
    ? undefined
    : `the model was trained with Python ${shown(python ?? '')}, and AWS's image has ${image.python}`;
}

/** A missing text is another value in pandas 3 than in pandas 2: the same row would get another answer. */
function samePandas({ folder, environment }: TrainedModel, image: FrameworkImage): string | undefined {
  if (hasTensorsOnly(folder.mlmodel.signature)) {
    return undefined;
  }
  const pandas = pinOf(environment, 'pandas');
  return majorOf(pandas) === majorOf(image.pins.pandas ?? '') && pandas !== ''
    ? undefined
    : `the model was trained with pandas ${shown(pandas)}, and AWS's image has ${image.pins.pandas}`;
}

const MLFLOW = ['mlflow', 'mlflow-skinny', 'mlflow-tracing'];
/** These keep their interfaces within a major version. */
const BY_MAJOR = ['numpy', 'pandas', 'pyarrow', 'scipy'];
/** What the condition `version` judges, and what a saved XGBoost model does not hold. */
const JUDGED_ELSEWHERE: readonly string[] = ['scikit-learn', 'xgboost', 'setuptools'];

/** Nothing is installed when a container starts, so the image must have every package that the model asks for. */
function packages({ folder, environment }: TrainedModel, image: FrameworkImage): string | undefined {
  const ownCode = folder.files.some(({ path }) => path.startsWith('code/'));
  const missing = environment.spec.packages.filter((line) => {
    const name = canonicalName(/^[A-Za-z0-9._-]*/.exec(line)?.[0] ?? '');
    if (MLFLOW.includes(name)) {
      // The scripts do without it; a model's own modules may import it.
      return ownCode;
    }
    if (JUDGED_ELSEWHERE.includes(name) && image.pins[name] !== undefined) {
      return false;
    }
    if (BY_MAJOR.includes(name)) {
      return majorOf(pinOf(environment, name)) !== majorOf(image.pins[name] ?? '');
    }
    return satisfies(line, image.pins, image.python) !== 'satisfied';
  });
  return missing.length === 0
    ? undefined
    : `the model asks for packages that AWS's image does not have: ${printable(missing.slice(0, 5).join(', '), 200)}`;
}

/** The version that the requirements pin; '' where they do not. */
function pinOf({ spec }: ModelEnvironment, name: string): string {
  const found = spec.packages.map((line) => /^([a-z0-9-]+)==([0-9][\w.]*)/.exec(line)).find((one) => one?.[1] === name);
  return found?.[2] ?? '';
}

function hasTensorsOnly(signature: TrainedModel['folder']['mlmodel']['signature']): boolean {
  try {
    const inputs = JSON.parse(textOf(signature ?? {}, 'inputs') ?? '') as unknown;
    return Array.isArray(inputs) && inputs.length > 0 && inputs.every((one) => (one as { type?: unknown } | null)?.type === 'tensor');
  } catch {
    return false;
  }
}

function shown(version: string): string {
  return version === '' ? 'of an unknown version' : printable(version, 50);
}

/** `1.4-2-py312` is 1.4. */
function minorOf(version: string): string {
  return /^\d+\.\d+/.exec(version)?.[0] ?? '';
}

function majorOf(version: string): string {
  return /^\d+/.exec(version)?.[0] ?? '';
}

function numbers(version: string): number[] {
  return /^\d+\.\d+/.test(version) ? version.split(/[.-]/).slice(0, 2).map(Number) : [];
}
