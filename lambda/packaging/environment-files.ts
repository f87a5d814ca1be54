import { RefusedError } from '../shared/errors';
import { parseUntrustedYaml } from '../shared/flavors/mlmodel';
import { fileReference, localFile } from './local-files';
import { requirementLines } from './requirement-line';

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

/** The lines of requirements.txt; without one, those of conda.yaml, as MLflow before 1.18 wrote no other. */
export function mainLines(texts: ReadonlyMap<string, string>): string[] {
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
