import { RefusedError } from '../shared/errors';
import { parseUntrustedYaml } from '../shared/flavors/mlmodel';
import { fileReference, localFile } from './local-files';
import { packageOf, requirementLines } from './requirement-line';

/** What MLflow has written beside MLmodel since version 1.18, for every model. */
export const REQUIREMENTS = 'requirements.txt';
const CONDA = 'conda.yaml';
const PYTHON_ENV = 'python_env.yaml';
/** The files that MLflow writes an environment into (mlflow/utils/environment.py). */
export const ENVIRONMENT_FILES: readonly string[] = [REQUIREMENTS, CONDA, PYTHON_ENV];

/** The other files that a folder's requirements refer to, as far as these texts say. */
export function filesToRead(texts: ReadonlyMap<string, string>): string[] {
  return fromLines(texts, (line, from) => fileReference(line, from)?.path);
}

/** The wheels that a folder's requirements refer to. */
export function wheelsToHash(texts: ReadonlyMap<string, string>): string[] {
  const paths = fromLines(texts, (line) => (line.startsWith('-') ? undefined : localFile(line)?.path));
  return [...new Set(paths)].filter((path) => path.endsWith('.whl'));
}

/** Lines that cannot be installed give nothing here: they matter only to models that need an environment image. */
function fromLines(
  texts: ReadonlyMap<string, string>,
  pathIn: (line: string, from: string) => string | undefined,
): string[] {
  const others = [...texts].filter(([path]) => !ENVIRONMENT_FILES.includes(path));
  const files: [from: string, lines: string[]][] = [
    ['', unlessRefused(() => mainLines(texts)) ?? []],
    ...others.map(([path, text]): [string, string[]] => [path, requirementLines(text)]),
  ];
  return files.flatMap(([from, lines]) => lines.flatMap((line) => unlessRefused(() => pathIn(line, from)) ?? []));
}

function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RefusedError) {
      return undefined;
    }
    throw error;
  }
}

/** Names of conda packages that PyPI has under another one. */
const ON_PYPI: Readonly<Record<string, string>> = { pytorch: 'torch', 'py-xgboost': 'xgboost' };
/** What an environment has without asking. */
const INSTALLERS = ['python', 'pip', 'setuptools', 'wheel'];

/**
 * The lines of requirements.txt, and the conda packages that it lacks: MLflow copies only conda.yaml's pip list into requirements.txt
 * (mlflow/utils/environment.py, _process_conda_env). MLflow before 1.18 wrote conda.yaml alone.
 */
export function mainLines(texts: ReadonlyMap<string, string>): string[] {
  const conda = condaLines(texts.get(CONDA) ?? '');
  const requirements = texts.get(REQUIREMENTS);
  if (requirements === undefined && !texts.has(CONDA)) {
    const { dependencies } = yamlOf(texts.get(PYTHON_ENV) ?? '', PYTHON_ENV);
    return strings(dependencies);
  }
  const lines = requirements === undefined ? conda.pip : requirementLines(requirements);
  const named = new Set(lines.map(packageOf));
  return [...lines, ...conda.own.filter((line) => !named.has(packageOf(line)))];
}

/** conda.yaml as pip takes it: its pip list, and conda's own packages, which PyPI has under the same names for the most part. */
function condaLines(text: string): { pip: string[]; own: string[] } {
  const { dependencies } = yamlOf(text, CONDA);
  const pip: string[] = [];
  const own: string[] = [];
  for (const entry of Array.isArray(dependencies) ? dependencies : []) {
    if (typeof entry === 'object' && entry !== null) {
      pip.push(...strings((entry as { pip?: unknown }).pip).flatMap(requirementLines));
      continue;
    }
    const { name, version, build } = condaPackage(String(entry));
    // `conda env export` also lists libraries of the system: their builds do not name Python.
    const isLibrary = build !== undefined && !build.startsWith('py');
    if (name !== '' && !isLibrary && !INSTALLERS.includes(name)) {
      own.push(`${ON_PYPI[name] ?? name}${version === '' || /^[<>!~=]/.test(version) ? version : `==${version}`}`);
    }
  }
  return { pip, own };
}

/** `channel::name=1.2=build` (docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html). */
function condaPackage(entry: string): { name: string; version: string; build?: string | undefined } {
  const [spec = ''] = entry.replace(/\s/g, '').split('::').slice(-1);
  const [, name = '', rest = ''] = /^([A-Za-z0-9_.-]+)(.*)$/.exec(spec) ?? [];
  if (/^[<>!~]|^==/.test(rest)) {
    return { name: name.toLowerCase(), version: rest };
  }
  const [version = '', build] = rest.replace(/^=/, '').split('=');
  return { name: name.toLowerCase(), version: version.endsWith('.*') ? `==${version}` : version, build };
}

/** The Python version that python_env.yaml or conda.yaml names. */
export function pythonOfFiles(texts: ReadonlyMap<string, string>): string | undefined {
  const { python } = yamlOf(texts.get(PYTHON_ENV) ?? '', PYTHON_ENV);
  if (python !== undefined) {
    return String(python);
  }
  const { dependencies } = yamlOf(texts.get(CONDA) ?? '', CONDA);
  const entries = strings(dependencies).map(condaPackage);
  return entries.find(({ name }) => name === 'python')?.version.replace(/^=+/, '') || undefined;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function yamlOf(text: string, name: string): Readonly<Record<string, unknown>> {
  const document = parseUntrustedYaml(text, name);
  return typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
}
