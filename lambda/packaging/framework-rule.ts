import { RefusedError } from '../shared/errors';
import type { ModelFolder } from '../shared/flavors/flavor';
import { pythonVersionOf, textOf } from '../shared/flavors/mlmodel';
import { printable, quoted } from '../shared/printable';
import { FRAMEWORK_NAMES, type Framework, type FrameworkImage } from './framework-images';
import { parseRequirementLine } from './requirement-line';
import type { Requirements } from './requirements';
import { satisfies } from './satisfies';

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
  whyNot: missingPackages,
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
    { name: 'version', rule: 'XGBoost 1.0 to the minor version of the image', whyNot: outsideVersions([1, 0]) },
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
    { name: 'version', rule: 'TensorFlow 2.0 to the minor version of the image', whyNot: outsideVersions([2, 0]) },
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
  const minor = minorOf(frameworkVersion);
  if (minor === undefined) {
    return unknown(FRAMEWORK_NAMES[framework], frameworkVersion);
  }
  return minor === imageMinor(image)
    ? undefined
    : `trained with ${FRAMEWORK_NAMES[framework]} ${frameworkVersion}, and AWS patches no image of ${minor}`;
}

/** Later versions read the files of earlier ones back to a first version, and never the other way round. */
function outsideVersions([firstMajor, firstMinor]: readonly [number, number]): Condition['whyNot'] {
  return ({ framework, frameworkVersion }, image) => {
    const name = FRAMEWORK_NAMES[framework];
    const minor = minorOf(frameworkVersion);
    if (minor === undefined) {
      return unknown(name, frameworkVersion);
    }
    const order = (version: string) => {
      const [major = 0, second = 0] = version.split('.').map(Number);
      return major * 1_000_000 + second;
    };
    const inside = order(minor) >= order(`${firstMajor}.${firstMinor}`) && order(minor) <= order(imageMinor(image));
    return inside
      ? undefined
      : `trained with ${name} ${frameworkVersion}, and AWS's image loads models of ${firstMajor}.${firstMinor} to ${imageMinor(image)}`;
  };
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
  const version = pythonVersionOf(folder.mlmodel) ?? '';
  const minor = minorOf(version);
  if (minor === undefined) {
    return unknown('Python', version);
  }
  return minor === image.python
    ? undefined
    : `trained with Python ${minor}, and AWS's image has Python ${image.python}`;
}

function otherPandas({ requirements }: TrainedModel, image: FrameworkImage): string | undefined {
  const version = pinOf(requirements().packages, 'pandas') ?? '';
  if (minorOf(version) === undefined) {
    return unknown('pandas', version);
  }
  return sameMajor(version, image.pins.pandas)
    ? undefined
    : `trained with pandas ${version}, and AWS's image has pandas ${image.pins.pandas}`;
}

/** The scripts read requests without it. The condition `modules` covers models that may import it. */
const MLFLOW = ['mlflow', 'mlflow-skinny', 'mlflow-tracing'];
/** Conditions of their own cover these. XGBoost's files hold nothing of scikit-learn, whose interface its classes have. */
const COVERED: Readonly<Record<Framework, readonly string[]>> = {
  sklearn: [...MLFLOW, 'scikit-learn', 'pandas'],
  xgboost: [...MLFLOW, 'xgboost', 'scikit-learn', 'pandas'],
  tensorflow: [],
};
const BY_MAJOR = ['numpy', 'pyarrow', 'scipy'];
const SHOWN_MAX = 3;

/** Nothing is installed when a container starts. */
function missingPackages({ framework, requirements }: TrainedModel, image: FrameworkImage): string | undefined {
  const { packages: lines, constraints } = requirements();
  const has = (line: string) => satisfies(line, image.pins, image.python) === 'satisfied' || hasMajor(line, image);
  const counts = (line: string) => !COVERED[framework].includes(nameOf(line));
  const unmet = [
    ...lines.filter((line) => counts(line) && !has(line)),
    // A constraint asks for no package, but for a version of it.
    ...constraints.filter((line) => counts(line) && image.pins[nameOf(line)] !== undefined && !has(line)),
  ];
  const shown = unmet.slice(0, SHOWN_MAX).map((line) => printable(line, 50));
  const more = unmet.length > SHOWN_MAX ? ` and ${unmet.length - SHOWN_MAX} more` : '';
  return unmet.length === 0 ? undefined : `it needs ${shown.join(', ')}${more}, and AWS's image has other packages`;
}

function hasMajor(line: string, image: FrameworkImage): boolean {
  const name = nameOf(line);
  return BY_MAJOR.includes(name) && sameMajor(pinOf([line], name) ?? '', image.pins[name]);
}

/** The one version that a package is pinned to, on every system; undefined if the lines do not say. */
function pinOf(lines: readonly string[], name: string): string | undefined {
  const [only, ...others] = lines.filter((line) => nameOf(line) === name).map(parseRequirementLine);
  const pinned =
    only?.marker === undefined && only?.url === undefined ? /^==([\d.]+)$/.exec(only?.version ?? '') : null;
  return others.length === 0 ? pinned?.[1] : undefined;
}

/** '' for a wheel or a repository, which no image has. */
function nameOf(line: string): string {
  return /^[a-z0-9][a-z0-9-]*(?![a-z0-9-]*\+)/.exec(line)?.[0] ?? '';
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

/** `1.9` of a release `1.9.1`. A pre-release or a build of somebody's own may write other files than the release. */
function minorOf(version: string): string | undefined {
  return /^(\d{1,4}\.\d{1,4})(?:\.\d+)*$/.exec(version)?.[1];
}

/** `1.9-0` is AWS's first image of 1.9. */
function imageMinor({ version }: FrameworkImage): string {
  return /^\d+\.\d+/.exec(version)?.[0] ?? '';
}

function sameMajor(version: string, pin: string | undefined): boolean {
  const major = /^\d+(?=\.)/.exec(version)?.[0];
  return major !== undefined && pin?.split('.')[0] === major;
}

function unknown(what: string, version: string): string {
  return version === ''
    ? `it does not say which version of ${what} it was trained with`
    : `it was trained with ${what} ${printable(version, 50)}, which is no release`;
}
