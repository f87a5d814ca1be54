import { createHash } from 'node:crypto';
import { RefusedError } from '../shared/errors';
import { type MlModel, parseUntrustedYaml, textOf } from '../shared/flavors/mlmodel';
import { quoted } from '../shared/printable';
import {
  canonicalName,
  type RequirementRules,
  type Requirements,
  readRequirements,
  referencedFiles,
  referencedWheels,
  requirementLines,
} from './requirements';

/** Counts up with changes of the builder, the server or these rules: every environment is built again. */
const RECIPE = '1';

/** The Pythons that images are built for: those that a base image has (environment-image/builder/bases.json). */
export const PYTHONS: readonly string[] = ['3.8', '3.9', '3.10', '3.11', '3.12', '3.13'];

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
  /** Texts of {@link ENVIRONMENT_FILES} and of the files that these refer to, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** SHA-256 of the wheels that the requirements name, by path. */
  readonly wheelHashes: ReadonlyMap<string, string>;
}

/** What MLflow has written beside MLmodel since version 1.18, for every model. */
export const REQUIREMENTS = 'requirements.txt';
const CONDA = 'conda.yaml';
const PYTHON_ENV = 'python_env.yaml';
/** The files that MLflow writes an environment into (mlflow/utils/environment.py). */
export const ENVIRONMENT_FILES: readonly string[] = [REQUIREMENTS, CONDA, PYTHON_ENV];

/** MLflow below this version imports pkg_resources, which setuptools dropped in version 81. */
const WITHOUT_PKG_RESOURCES = [2, 12] as const;
const MLFLOW = ['mlflow', 'mlflow-skinny'];
/** XGBoost loads it for several GPUs only, and it has 300 MB. PyTorch, in contrast, does not start without its packages of NVIDIA. */
const XGBOOST_ON_GPUS = "nvidia-nccl-cu12 ; sys_platform == 'never'";

/** The other files that a folder's requirements refer to, as far as these texts say. */
export function filesToRead(texts: ReadonlyMap<string, string>): string[] {
  const lines = [...texts].flatMap(([path, text]) => (path.endsWith('.yaml') ? [] : requirementLines(text)));
  return referencedFiles([...lines, ...mainLines(texts)]);
}

/** The wheels that a folder's requirements refer to. */
export function wheelsToHash(texts: ReadonlyMap<string, string>): string[] {
  const lines = [...texts].flatMap(([path, text]) => (path.endsWith('.yaml') ? [] : requirementLines(text)));
  return [...new Set(referencedWheels([...lines, ...mainLines(texts)]))];
}

/**
 * The environment that a model asks for, from its files alone: nothing is resolved, fetched or executed.
 *
 * Equal are those that differ in order, spelling, comments and the patch version of Python. What is not pinned is resolved as of the
 * month after the model was logged, since newer packages may not work with it: models of one month share an image.
 *
 * @throws RefusedError with the line and the way out
 */
export function environmentOf(files: EnvironmentFiles, rules: RequirementRules): ModelEnvironment {
  const requirements = readRequirements(mainLines(files.texts), (path) => files.texts.get(path), rules);
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
    warnings: requirements.warnings,
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

/** The lines of requirements.txt; without one, those of conda.yaml, as MLflow before 1.18 wrote no other. */
function mainLines(texts: ReadonlyMap<string, string>): string[] {
  const requirements = texts.get(REQUIREMENTS);
  if (requirements !== undefined) {
    return requirementLines(requirements);
  }
  const conda = texts.get(CONDA);
  if (conda !== undefined) {
    return condaLines(conda);
  }
  const { dependencies } = yamlOf(texts.get(PYTHON_ENV) ?? '', PYTHON_ENV);
  return strings(dependencies);
}

/** conda.yaml as pip takes it: its pip list, and conda's own packages under the names that PyPI has for most of them. */
function condaLines(text: string): string[] {
  const { dependencies } = yamlOf(text, CONDA);
  const lines: string[] = [];
  for (const entry of Array.isArray(dependencies) ? dependencies : []) {
    if (typeof entry === 'object' && entry !== null) {
      lines.push(...strings((entry as { pip?: unknown }).pip).flatMap(requirementLines));
      continue;
    }
    const { name, version } = condaPackage(String(entry));
    if (name !== '' && !['python', 'pip', 'setuptools', 'wheel'].includes(name)) {
      lines.push(`${name}${version === '' || /^[<>!~=]/.test(version) ? version : `==${version}`}`);
    }
  }
  return lines;
}

/** `channel::name=1.2=build` (docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html). */
function condaPackage(entry: string): { name: string; version: string } {
  const [spec = ''] = entry.replace(/\s/g, '').split('::').slice(-1);
  const [, name = '', rest = ''] = /^([A-Za-z0-9_.-]+)(.*)$/.exec(spec) ?? [];
  if (/^[<>!~]|^==/.test(rest)) {
    return { name: name.toLowerCase(), version: rest };
  }
  const [version = ''] = rest.replace(/^=/, '').split('=');
  return { name: name.toLowerCase(), version: version.endsWith('.*') ? `==${version}` : version };
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

function pythonOfFiles(texts: ReadonlyMap<string, string>): string | undefined {
  const { python } = yamlOf(texts.get(PYTHON_ENV) ?? '', PYTHON_ENV);
  if (python !== undefined) {
    return String(python);
  }
  const { dependencies } = yamlOf(texts.get(CONDA) ?? '', CONDA);
  const entries = strings(dependencies).map(condaPackage);
  return entries.find(({ name }) => name === 'python')?.version.replace(/^=+/, '') || undefined;
}

/**
 * The model's MLflow. A range, which somebody wrote years ago, would take the newest, which is another program: the version that
 * logged the model takes its place. What pins it otherwise stays.
 */
function mlflowOf(packages: readonly string[], loggedWith: string | undefined) {
  const version = (loggedWith ?? '').replace(/\.?dev.*$/, '');
  const own = packages.filter((line) => MLFLOW.includes(nameOf(line)));
  const pinned = own.map((line) => /==([\w.]+)/.exec(line)?.[1]).find((found) => found !== undefined);
  const added: string[] = [];
  const overrides: string[] = [];
  if (own.length === 0) {
    added.push(version === '' ? 'mlflow' : `mlflow==${version}`);
  } else if (version !== '' && pinned === undefined && own.every((line) => !line.includes('@'))) {
    overrides.push(...new Set(own.map((line) => `${nameOf(line)}==${version}`)));
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
  return new Set(lines.map(nameOf));
}

function nameOf(line: string): string {
  return canonicalName(/^[A-Za-z0-9._-]+/.exec(line)?.[0] ?? '');
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function yamlOf(text: string, name: string): Readonly<Record<string, unknown>> {
  const document = parseUntrustedYaml(text, name);
  return typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
}
