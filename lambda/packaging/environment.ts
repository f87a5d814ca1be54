import { createHash } from 'node:crypto';
import { RefusedError } from '../shared/errors';
import { type MlModel, textOf } from '../shared/flavors/mlmodel';
import { quoted } from '../shared/printable';
import { pythonOfFiles } from './environment-files';
import { packageOf } from './requirement-line';
import { type RequirementRules, type Requirements, readRequirements } from './requirements';

/** Counts up with changes of the builder, the server or these rules: every environment is built again. */
const RECIPE = '1';

/** The Pythons that images are built for: those that a base image has (environment-image/builder/bases.json). */
export const PYTHONS: readonly string[] = ['3.8', '3.9', '3.10', '3.11', '3.12', '3.13'];

/** The Pythons of these that get no security updates any more, with the month of the last (devguide.python.org/versions). */
const ENDED: Readonly<Record<string, string>> = { '3.8': '2024-10', '3.9': '2025-10', '3.10': '2026-10' };

/** What decides on an environment. Equal specifications are one image. */
export interface EnvironmentSpec {
  readonly recipe: string;
  /** Minor version of Python, as `3.11`. */
  readonly python: string;
  /** The MLflow that reads requests and writes answers; '' where only the resolver knows. */
  readonly mlflow: string;
  readonly packages: readonly string[];
  readonly constraints: readonly string[];
  /** Lines that replace what packages ask for (docs.astral.sh/uv/concepts/resolution, Dependency overrides). */
  readonly overrides: readonly string[];
  readonly indexes: readonly string[];
  /** What is not pinned is resolved as of this day, ISO 8601; null where an index tells no dates. */
  readonly before: string | null;
  /** SHA-256 of the model's wheels, by file name. */
  readonly wheels: Readonly<Record<string, string>>;
}

/** The environment of a model. */
export interface ModelEnvironment {
  readonly spec: EnvironmentSpec;
  /** 32 hexadecimal digits. */
  readonly digest: string;
  readonly wheelSources: readonly { readonly file: string; readonly source: string }[];
  readonly warnings: readonly string[];
}

/** What of a model folder says its environment. */
export interface EnvironmentFiles {
  readonly mlmodel: MlModel;
  /** Texts of requirements.txt, conda.yaml and python_env.yaml, and of the files that these refer to, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** SHA-256 of the wheels that the requirements name, by path. */
  readonly wheelHashes: ReadonlyMap<string, string>;
}

/** Loaders that start a Java process. A model that only imports pyspark is no such model. */
const JAVA_LOADERS: readonly string[] = ['mlflow.spark', 'mlflow.h2o', 'mlflow.mleap', 'mlflow.johnsnowlabs'];
/** MLflow below this version imports pkg_resources, which setuptools dropped in version 81. */
const WITHOUT_PKG_RESOURCES = [2, 12] as const;
/** One version, not the range `==2.*`, and no comparison in a marker. */
const PINNED = /(?:^|[^=!<>~])={2,3}([\w.+!]+)(?=[\s,;]|$)/;
const NAME_AND_EXTRAS = /^[a-z0-9-]+(?:\[[^\]]*\])?/;
const MLFLOW = ['mlflow', 'mlflow-skinny'];
/** XGBoost loads it for several GPUs only, and it has 300 MB. PyTorch, in contrast, does not start without its packages of NVIDIA. */
const XGBOOST_ON_GPUS = "nvidia-nccl-cu12 ; sys_platform == 'never'";

/**
 * The environment that a model asks for, from its files alone: nothing is resolved, fetched or executed.
 *
 * Equal are those that differ in order, spelling, comments and the patch version of Python. What is not pinned is resolved as of the
 * month after the model was logged, since newer packages may not work with it: models of one month share an image.
 *
 * @throws RefusedError with the line and the way out
 */
export function environmentOf(files: EnvironmentFiles, rules: RequirementRules): ModelEnvironment {
  refuseJava(files.mlmodel);
  const requirements = readRequirements(files.texts, rules);
  const mlflow = mlflowOf(requirements.packages, files.mlmodel.mlflowVersion);
  const packages = new Set([...requirements.packages, ...mlflow.packages]);
  const spec: EnvironmentSpec = {
    recipe: RECIPE,
    python: pythonOf(files),
    mlflow: mlflow.version,
    packages: [...packages].sort(),
    constraints: requirements.constraints,
    overrides: [...mlflow.overrides, ...(names(requirements.packages).has('xgboost') ? [XGBOOST_ON_GPUS] : [])].sort(),
    indexes: requirements.indexes,
    before: requirements.indexes.length > 0 ? null : monthAfter(files.mlmodel.createdAt),
    wheels: wheelsOf(requirements, files.wheelHashes),
  };
  return {
    spec,
    digest: digestOf(spec),
    wheelSources: [...requirements.wheels].map(([file, source]) => ({ file, source })),
    warnings: [...requirements.warnings, ...ended(spec.python)],
  };
}

/** The specification's digest: of its JSON with sorted keys and without spaces. */
export function digestOf(spec: EnvironmentSpec): string {
  return createHash('sha256').update(canonicalJson(spec)).digest('hex').slice(0, 32);
}

/** JSON in one form for equal values. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** @throws RefusedError for a model that a Java process loads, which no environment image has */
function refuseJava({ flavors }: MlModel): void {
  const loader = textOf(flavors.python_function ?? {}, 'loader_module');
  if (loader !== undefined && JAVA_LOADERS.includes(loader)) {
    throw new RefusedError(
      `${quoted(loader)} needs Java, which environment images do not have: put an image of your own into the tag ` +
        'sagemaker_deploy_image, or log the model in another flavor, such as ONNX',
    );
  }
}

/** @throws RefusedError for a Python that no image can be built for, with those that there are */
function pythonOf({ mlmodel, texts }: EnvironmentFiles): string {
  const version = textOf(mlmodel.flavors.python_function ?? {}, 'python_version') ?? pythonOfFiles(texts);
  const [, minor = ''] = /^(\d+\.\d+)(?:\.|$)/.exec(version ?? '') ?? [];
  if (!PYTHONS.includes(minor)) {
    throw new RefusedError(
      `the model was logged with Python ${version === undefined ? 'of an unknown version' : quoted(version)}; environment images have ` +
        `Python ${PYTHONS.join(', ')}: log the model with one of these, or put an image of your own into the tag sagemaker_deploy_image`,
    );
  }
  return minor;
}

function ended(python: string): string[] {
  const since = ENDED[python];
  return since === undefined ? [] : [`Python ${python} has had no security updates since ${since}`];
}

/**
 * The model's MLflow. A range, which somebody wrote years ago, would take the newest, which is another program: the version that
 * logged the model takes its place. What pins it otherwise stays.
 */
function mlflowOf(packages: readonly string[], loggedWith: string | undefined) {
  const version = (loggedWith ?? '').replace(/\.?dev.*$/, '');
  const own = packages.filter((line) => MLFLOW.includes(packageOf(line)));
  const pinned = own.map((line) => PINNED.exec(line)?.[1]).find((found) => found !== undefined);
  const added: string[] = [];
  const overrides: string[] = [];
  if (own.length === 0) {
    added.push(version === '' ? 'mlflow' : `mlflow==${version}`);
  } else if (version !== '' && pinned === undefined && own.every((line) => !line.includes('@'))) {
    overrides.push(...new Set(own.map((line) => `${NAME_AND_EXTRAS.exec(line)?.[0]}==${version}`)));
  }
  const there = names(packages);
  if (own.length > 0 && !there.has('mlflow') && !there.has('pandas')) {
    // The scoring server reads requests with pandas, which skinny does not bring.
    added.push('pandas');
  }
  const effective = pinned ?? version;
  const [major = 0, minor = 0] = effective.split('.').map(Number);
  const [firstMajor, firstMinor] = WITHOUT_PKG_RESOURCES;
  if (
    effective !== '' &&
    (major < firstMajor || (major === firstMajor && minor < firstMinor)) &&
    !there.has('setuptools')
  ) {
    added.push('setuptools<81');
  }
  return { version: effective, packages: added, overrides };
}

function wheelsOf({ wheels }: Requirements, hashes: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    [...wheels].map(([file, path]) => {
      const hash = hashes.get(path);
      if (hash === undefined) {
        throw new RefusedError(`the requirements name the file ${quoted(path)}, which the model folder does not have`);
      }
      return [file, hash];
    }),
  );
}

/** The middle of the month after a day: late enough for what was published while the month's models were logged. */
function monthAfter(createdAt: string | undefined): string | null {
  const [, year, month] = /^(\d{4})-(\d{2})/.exec(createdAt ?? '') ?? [];
  return year === undefined || month === undefined
    ? null
    : new Date(Date.UTC(Number(year), Number(month), 15)).toISOString().slice(0, 10);
}

function names(lines: readonly string[]): Set<string> {
  return new Set(lines.map(packageOf));
}
