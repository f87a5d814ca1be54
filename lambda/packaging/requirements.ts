import { quoted } from '../shared/printable';
import { mainLines } from './environment-files';
import { allowedAddress, canonicalAddress, isOnPyPi } from './index-addresses';
import { fileReference, type LocalFile, localFile } from './local-files';
import { parseRequirementLine, printRequirementLine, refused, requirementLines, shownLine } from './requirement-line';

/** What a model's requirements say, as data: nothing is resolved, fetched or executed. */
export interface Requirements {
  /** PEP 508 lines in one form, each once, sorted; a wheel of the model is `./wheels/<file>`. */
  readonly packages: readonly string[];
  /** Lines of constraint files, in the same form. */
  readonly constraints: readonly string[];
  /** Package indexes beside PyPI, all of them allowed by the installation. */
  readonly indexes: readonly string[];
  /** The model's wheels: path in the model folder by file name. */
  readonly wheels: ReadonlyMap<string, string>;
  /** What was left out or may differ, for people. */
  readonly warnings: readonly string[];
}

/** What an installation allows. */
export interface RequirementRules {
  /** Addresses below which package indexes and files may be; PyPI needs no entry. */
  readonly indexes: readonly string[];
  /** Whether packages may be built from source, which runs their authors' code. */
  readonly sources: boolean;
}

/** Files of one folder may name each other so often; MLflow writes one constraint file. */
const FILES_MAX = 20;

const OPTION = /(?:^|\s)(--?[a-z-]+)(?:(?:\s*=\s*|\s+)([^-\s]\S*))?/g;
const INDEX_OPTIONS = ['-i', '--index-url', '--extra-index-url'];
const FIND_LINKS = ['-f', '--find-links'];
const EDITABLE = /^(?:-e|--editable)\b/;
const VCS = /(?:^|@\s*)(?:git|hg|svn|bzr)\+/;
/** Packages that only other systems have; those of TensorFlow's names stand for TensorFlow itself. */
const NOT_ON_LINUX = new Set(['appnope', 'pypiwin32', 'pywin32', 'pywinpty', 'tensorflow-metal']);
const TENSORFLOW_ELSEWHERE = new Set(['tensorflow-intel', 'tensorflow-macos']);

/**
 * Reads a model's requirements as pip would, as far as an image can be built from them.
 *
 * @param texts of the model folder's environment files and of the files that these refer to, by path
 * @throws RefusedError that has the line and the way out
 */
export function readRequirements(texts: ReadonlyMap<string, string>, rules: RequirementRules): Requirements {
  const reader = new Reader(texts, rules);
  reader.read(mainLines(texts), reader.packages, '');
  if (reader.withLocalVersion && reader.indexes.size === 0) {
    // MLflow writes the version without the index that it came from.
    for (const index of rules.indexes) {
      reader.indexes.add(canonicalAddress(index) ?? index);
    }
  }
  return {
    packages: sorted(reader.packages),
    constraints: sorted(reader.constraints),
    indexes: [...reader.indexes],
    wheels: reader.wheels,
    warnings: [...reader.warnings],
  };
}

class Reader {
  readonly packages = new Set<string>();
  readonly constraints = new Set<string>();
  /** Their order decides which of them a name comes from. */
  readonly indexes = new Set<string>();
  readonly wheels = new Map<string, string>();
  readonly warnings = new Set<string>();
  /** Whether a version such as `2.4.0+cu118` is required, which PyPI never has. */
  withLocalVersion = false;
  private files = 0;

  constructor(
    private readonly texts: ReadonlyMap<string, string>,
    private readonly rules: RequirementRules,
  ) {}

  read(lines: readonly string[], into: Set<string>, from: string): void {
    for (const line of lines) {
      this.readLine(line, into, from);
    }
  }

  private readLine(line: string, into: Set<string>, from: string): void {
    const other = fileReference(line, from);
    if (other !== undefined) {
      this.read(this.linesOf(other.path, line), other.constraints ? this.constraints : into, other.path);
    } else if (EDITABLE.test(line)) {
      throw refused(
        line,
        'an editable package is on the machine that logged the model: log it with code_paths or as a wheel',
      );
    } else if (line.startsWith('-')) {
      this.readOptions(line);
    } else {
      for (const one of this.requirement(line)) {
        into.add(one);
      }
    }
  }

  private linesOf(path: string, line: string): string[] {
    this.files += 1;
    if (this.files > FILES_MAX) {
      throw refused(line, `the requirements name more than ${FILES_MAX} files`);
    }
    const text = this.texts.get(path);
    if (text === undefined) {
      throw refused(line, `the model folder has no file ${quoted(path)}: log the model with it, or remove the line`);
    }
    return requirementLines(text);
  }

  /** pip takes several options in a line. */
  private readOptions(line: string): void {
    for (const [, option = '', value = ''] of line.matchAll(OPTION)) {
      const url = value.replace(/^(["'])(.*)\1$/, '$2');
      if (FIND_LINKS.includes(option)) {
        throw refused(
          option,
          'packages come from indexes only: use --extra-index-url, or log the model with its wheels',
        );
      } else if (!INDEX_OPTIONS.includes(option) || url === '') {
        this.warnings.add(`the option ${shownLine(option)} is left out`);
      } else if (!isOnPyPi(url)) {
        this.indexes.add(allowedAddress(url, line, this.rules.indexes));
      }
    }
  }

  private requirement(line: string): string[] {
    const local = localFile(line);
    if (local !== undefined) {
      return [this.local(local, line)];
    }
    if (VCS.test(line)) {
      return [this.fromRepository(line)];
    }
    const read = parseRequirementLine(line);
    if (NOT_ON_LINUX.has(read.name)) {
      this.warnings.add(`${read.name} is not for Linux and is left out`);
      return [];
    }
    if (TENSORFLOW_ELSEWHERE.has(read.name)) {
      this.warnings.add(`${read.name} is not for Linux: tensorflow takes its place`);
      // Its hashes and address are those of another file.
      return [printRequirementLine({ ...read, name: 'tensorflow', url: undefined, marker: undefined, hashes: [] })];
    }
    if (read.version.includes('+')) {
      this.withLocalVersion = true;
      if (this.rules.indexes.length === 0) {
        throw refused(
          line,
          'PyPI has no versions with a "+": name the index that has it in mlflow-mlops:environment-indexes in cdk.json',
        );
      }
    }
    const url = read.url === undefined ? undefined : allowedAddress(read.url, line, this.rules.indexes);
    return [printRequirementLine({ ...read, url })];
  }

  private local({ path, marker }: LocalFile, line: string): string {
    const [file = ''] = path.split('/').slice(-1);
    if (!file.endsWith('.whl')) {
      if (!this.rules.sources) {
        throw refused(
          line,
          `${quoted(file)} is source, which this installation does not build: log the model with a wheel`,
        );
      }
    } else if (!/^[\w.!+]+(?:-[\w.!+]+){4,5}\.whl$/.test(file)) {
      throw refused(line, `${quoted(file)} is no name of a wheel`);
    }
    if ((this.wheels.get(file) ?? path) !== path) {
      throw refused(line, `the requirements name two files ${quoted(file)}`);
    }
    this.wheels.set(file, path);
    return `./wheels/${file}${marker}`;
  }

  private fromRepository(line: string): string {
    if (!this.rules.sources) {
      throw refused(
        line,
        'this installation builds no packages from source: log the model with a wheel, by mlflow.models.utils.add_libraries_to_model',
      );
    }
    if (/\/\/[^/\s]*:[^/\s]*@|https?:\/\/[^/\s]*@/.test(line)) {
      throw refused(
        line,
        'its address has a password, which would be kept with the environment: log the model with a wheel',
      );
    }
    if (!/@[0-9a-f]{40}(?:[#\s;]|$)/.test(line)) {
      this.warnings.add(`${shownLine(line)} names no commit: what is installed may differ from what was logged`);
    }
    return line;
  }
}

function sorted(lines: ReadonlySet<string>): string[] {
  return [...lines].sort();
}
