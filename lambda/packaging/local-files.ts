import { markerOf, markerText, refused } from './requirement-line';

const FILE_OPTION = /^(?:(-c|--constraint)|(?:-r|--requirement))(?:\s*=\s*|\s+|(?<=^-[cr]))(.+)$/;
/** The name before a file, as in `field @ file:code/field-1.0-py3-none-any.whl`. */
const NAMED = /^[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?\s*@\s*(?=file:|[./])/;

/** A file that a line of requirements refers to by `-r` or `-c`. */
export interface FileReference {
  readonly path: string;
  readonly constraints: boolean;
}

/**
 * @param from path of the file that has the line: pip reads others relative to it
 * @returns undefined for a line that refers to no other file of requirements
 * @throws RefusedError for a path that leaves the model folder
 */
export function fileReference(line: string, from: string): FileReference | undefined {
  const [, constraint, path] = FILE_OPTION.exec(line) ?? [];
  const [, folder = ''] = /^(.*\/)[^/]*$/.exec(from) ?? [];
  return path === undefined
    ? undefined
    : { path: `${folder}${insideFolder(path, line)}`, constraints: constraint !== undefined };
}

export interface LocalFile {
  readonly path: string;
  readonly marker: string;
}

/** A requirement that is a file: of the model folder, or of a machine that is not here. */
export function localFile(line: string): LocalFile | undefined {
  const [what = '', ...marker] = line.split(/\s+;|;\s/);
  const [given = ''] = what.replace(NAMED, '').split(/\s+--hash/);
  const [, path = '', extras] = /^(.*?)(\[[\w.,\s-]+\])?$/.exec(given.trim()) ?? [];
  const remote = /^(?:[^\s/]+\s*@\s*)?(?!file:)[a-z+]+:\/\//i.test(path);
  const named = /\.(?:whl|zip|tar\.gz)$/.test(path) || /^(?:file:|\.{0,2}\/)/.test(path);
  if (remote || !named) {
    return undefined;
  }
  if (extras !== undefined) {
    throw refused(line, 'a file has no extras in these requirements: log the model with the packages of the extra');
  }
  return {
    path: insideFolder(path.replace(/^file:(?!\/)/, ''), line),
    marker: markerText(markerOf(marker.join(';'), line)),
  };
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
