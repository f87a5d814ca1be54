import { RefusedError } from '../shared/errors';
import { printable, quoted } from '../shared/printable';

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
const LINE_SHOWN_MAX = 200;

const FILE_OPTION = /^(?:(-c|--constraint)|(?:-r|--requirement))(?:\s*=\s*|\s+|(?<=^-[cr]))(.+)$/;
const INDEX_OPTION = /^(?:-i|--index-url|--extra-index-url|-f|--find-links)(?:\s*=\s*|\s+)(\S+)$/;
const EDITABLE = /^(?:-e|--editable)\b/;
const VCS = /(?:^|@\s*)(?:git|hg|svn|bzr)\+/;
/** Packages that only other systems have; those of TensorFlow's names stand for TensorFlow itself. */
const NOT_ON_LINUX = new Set(['appnope', 'pypiwin32', 'pywin32', 'pywinpty', 'tensorflow-metal']);
const TENSORFLOW_ELSEWHERE = new Set(['tensorflow-intel', 'tensorflow-macos']);

const NAME = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(.*)$/;
const CLAUSE = /^(?:===|==|~=|!=|<=|>=|<|>)[A-Za-z0-9.*+!_-]+$/;
const MARKER = /^[\w\s.'"()<>=!~,+-]+$/;
const HASH = /--hash[= ](sha(?:256|384|512):[0-9a-f]+)/g;
const PYPI = ['https://pypi.org/', 'https://files.pythonhosted.org/'];

/** Names of distributions compare in this form (packaging.python.org/en/latest/specifications/name-normalization). */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** The lines that pip would read: continued ones joined; without comments, empty lines, and marks of other systems. */
export function requirementLines(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** The files that lines refer to by `-r` and `-c`, as paths in the model folder. */
export function referencedFiles(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const [, , path] = FILE_OPTION.exec(line) ?? [];
    return path === undefined ? [] : [insideFolder(path, line)];
  });
}

/** The wheels of the model folder that lines refer to. */
export function referencedWheels(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const local = localFile(line);
    return local?.path.endsWith('.whl') ? [local.path] : [];
  });
}

/**
 * Reads requirements as pip would, as far as an image can be built from them.
 *
 * @param lines of the main file
 * @param fileAt text of a file of the model folder; undefined where there is none
 * @throws RefusedError that has the line and the way out
 */
export function readRequirements(
  lines: readonly string[],
  fileAt: (path: string) => string | undefined,
  rules: RequirementRules,
): Requirements {
  const reader = new Reader(fileAt, rules);
  reader.read(lines, reader.packages);
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
  private files = 0;

  constructor(
    private readonly fileAt: (path: string) => string | undefined,
    private readonly rules: RequirementRules,
  ) {}

  read(lines: readonly string[], into: Set<string>): void {
    for (const line of lines) {
      this.readLine(line, into);
    }
  }

  private readLine(line: string, into: Set<string>): void {
    const [, constraint, file] = FILE_OPTION.exec(line) ?? [];
    if (file !== undefined) {
      this.read(this.linesOf(file, line), constraint === undefined ? into : this.constraints);
    } else if (EDITABLE.test(line)) {
      throw refused(
        line,
        'an editable package is on the machine that logged the model: log it with code_paths or as a wheel',
      );
    } else if (line.startsWith('-')) {
      this.readOption(line);
    } else {
      for (const one of this.requirement(line)) {
        into.add(one);
      }
    }
  }

  private linesOf(file: string, line: string): string[] {
    this.files += 1;
    if (this.files > FILES_MAX) {
      throw refused(line, `the requirements name more than ${FILES_MAX} files`);
    }
    const path = insideFolder(file, line);
    const text = this.fileAt(path);
    if (text === undefined) {
      throw refused(line, `the model folder has no file ${quoted(path)}: log the model with it, or take the line away`);
    }
    return requirementLines(text);
  }

  private readOption(line: string): void {
    const [, url] = INDEX_OPTION.exec(line) ?? [];
    if (url === undefined) {
      this.warnings.add(`the option ${printable(line.split(/[\s=]/)[0] ?? '', LINE_SHOWN_MAX)} is left out`);
    } else if (!PYPI.some((prefix) => `${url}/`.startsWith(prefix))) {
      this.indexes.add(this.allowed(url, line));
    }
  }

  /** @returns the address, if the installation allows packages from it */
  private allowed(url: string, line: string): string {
    if (/^[a-z+]+:\/\/[^/]*@/i.test(url)) {
      // Not the line itself: a password is in it.
      throw new RefusedError(
        'a package index of the requirements has a password in its address: name the index in mlflow-mlops:environment-indexes and ' +
          'its secret in mlflow-mlops:environment-index-secret in cdk.json, and log the model without the password',
      );
    }
    const below = (prefix: string) => `${url}/`.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
    if (!/^https:\/\//.test(url) || ![...PYPI, ...this.rules.indexes].some(below)) {
      throw refused(
        line,
        `this installation takes no packages from ${quoted(url)}: name it in mlflow-mlops:environment-indexes in cdk.json`,
      );
    }
    return url;
  }

  private requirement(line: string): string[] {
    const local = localFile(line);
    if (local !== undefined) {
      return [this.local(local, line)];
    }
    if (VCS.test(line)) {
      return [this.fromRepository(line)];
    }
    const [, given = '', extras, rest = ''] = NAME.exec(line) ?? [];
    const name = canonicalName(given);
    const { version, marker, hashes } = parts(rest, line);
    if (NOT_ON_LINUX.has(name)) {
      this.warnings.add(`${name} is not for Linux and is left out`);
      return [];
    }
    if (TENSORFLOW_ELSEWHERE.has(name)) {
      this.warnings.add(`${name} is not for Linux: tensorflow takes its place`);
      return [`tensorflow${version}`];
    }
    const url = version.startsWith('@') ? version.slice(1).trim() : undefined;
    if (
      name === '' ||
      (url === undefined && version.split(',').some((clause) => clause !== '' && !CLAUSE.test(clause)))
    ) {
      throw refused(line, 'this is no requirement that pip can read');
    }
    if (url !== undefined) {
      this.allowed(url, line);
    } else if (/\+/.test(version) && this.rules.indexes.length === 0) {
      throw refused(
        line,
        'PyPI has no versions with a "+": name the index that has it in mlflow-mlops:environment-indexes in cdk.json',
      );
    }
    const inBrackets = (extras ?? '')
      .split(',')
      .map((extra) => canonicalName(extra.trim()))
      .filter(Boolean)
      .sort();
    const what = `${name}${inBrackets.length > 0 ? `[${[...new Set(inBrackets)].join(',')}]` : ''}`;
    return [`${what}${url === undefined ? version : ` @ ${url}`}${marker}${hashes}`];
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
        'this installation builds no packages from source: log the model with a wheel, or set mlflow-mlops:environment-sources in cdk.json',
      );
    }
    if (!/@[0-9a-f]{40}(?:[#\s;]|$)/.test(line)) {
      this.warnings.add(
        `${printable(line, LINE_SHOWN_MAX)} names no commit: what is installed may differ from what was logged`,
      );
    }
    return line;
  }
}

interface LocalFile {
  readonly path: string;
  readonly marker: string;
}

/** A requirement that is a file: of the model folder, or of a machine that is not here. */
function localFile(line: string): LocalFile | undefined {
  const [what = '', ...marker] = line.split(/\s+;|;\s/);
  const [path = ''] = what.replace(/^[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?\s*@\s*(?=file:|[./])/, '').split(/\s+--hash/);
  if (!/\.(?:whl|zip|tar\.gz)$/.test(path) && !/^(?:file:|\.{0,2}\/)/.test(path)) {
    return undefined;
  }
  if (/^[a-z+]+:\/\//i.test(path) && !path.startsWith('file:')) {
    return undefined;
  }
  if (/^[^\s/]+\s*@\s*https?:/.test(path)) {
    return undefined;
  }
  return { path: insideFolder(path.replace(/^file:(?!\/)/, ''), line), marker: markerOf(marker.join(';'), line) };
}

/** @returns a path of the model folder without `.` @throws RefusedError for one that leaves it */
function insideFolder(path: string, line: string): string {
  const parts = path
    .trim()
    .split('/')
    .filter((part) => part !== '.' && part !== '');
  if (/^(?:[a-z]+:|\/|\\|~)/i.test(path.trim()) || parts.includes('..') || /[\\\0]/.test(path) || parts.length === 0) {
    throw refused(
      line,
      'the file is not in the model folder: log the model with code_paths, or with its wheels by mlflow.models.utils.add_libraries_to_model',
    );
  }
  return parts.join('/');
}

/** Splits what follows a name: versions, or an address; a marker; hashes. */
function parts(rest: string, line: string): { version: string; marker: string; hashes: string } {
  const hashes = [...rest.matchAll(HASH)].map(([, hash]) => hash).sort();
  const [before = '', ...marker] = rest.replace(HASH, '').split(/;(?=\s*[a-z('"])/);
  const version = before.trim().replace(/^\((.*)\)$/, '$1');
  const clauses = version.startsWith('@')
    ? version
    : version.replace(/\s/g, '').split(',').filter(Boolean).sort().join(',');
  return {
    version: clauses,
    marker: markerOf(marker.join(';'), line),
    hashes: hashes.map((hash) => ` --hash=${hash}`).join(''),
  };
}

function markerOf(text: string, line: string): string {
  const marker = text.trim().replace(/\s+/g, ' ');
  if (marker !== '' && !MARKER.test(marker)) {
    throw refused(line, 'its marker cannot be read');
  }
  return marker === '' ? '' : ` ; ${marker}`;
}

function refused(line: string, why: string): RefusedError {
  return new RefusedError(
    `the requirement ${JSON.stringify(printable(line, LINE_SHOWN_MAX))} cannot be installed: ${why}`,
  );
}

function sorted(lines: ReadonlySet<string>): string[] {
  return [...lines].sort();
}
