import { RefusedError } from '../shared/errors';
import { printable } from '../shared/printable';
import { type Marker, parseMarker, printMarker } from './markers';

/** One requirement for a named package, in canonical form. */
export interface RequirementLine {
  readonly name: string;
  readonly extras: readonly string[];
  /** Version clauses without spaces, sorted, as `<3,>=2.1`; '' where every version will do. */
  readonly version: string;
  /** Where the package is to come from, for a direct reference. */
  readonly url: string | undefined;
  readonly marker: Marker | undefined;
  readonly hashes: readonly string[];
}

const LINE_SHOWN_MAX = 200;
const NAME = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(.*)$/;
const EXTRA = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const CLAUSE = /^(?:===|==|~=|!=|<=|>=|<|>)[A-Za-z0-9.*+!_-]+$/;
const HASH = /--hash[= ](sha(?:256|384|512):[0-9a-f]+)/g;

/** Names of distributions compare in this form (packaging.python.org/en/latest/specifications/name-normalization). */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** The package that a line asks for, in canonical form; '' for a file or a repository. */
export function packageOf(line: string): string {
  return canonicalName(/^[A-Za-z0-9][\w.-]*(?![\w.-]*\+)/.exec(line)?.[0] ?? '');
}

/**
 * The lines that pip would read: continued lines joined, without comments, empty lines and the byte order mark. As for pip
 * (pip/_internal/req/req_file.py, join_lines), a comment ends a continued line and is not continued itself.
 */
export function requirementLines(text: string): string[] {
  const lines: string[] = [];
  let begun = '';
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const comment = /^\s*#/.test(line);
    if (line.endsWith('\\') && !comment) {
      begun += line.slice(0, -1);
    } else {
      lines.push(comment ? begun : begun + line);
      begun = '';
    }
  }
  return [...lines, begun].map((line) => line.replace(/(^|\s)#.*$/, '').trim()).filter((line) => line !== '');
}

/** @throws RefusedError for a line that pip would not read as a requirement */
export function parseRequirementLine(line: string): RequirementLine {
  const [, name = '', extras = '', rest = ''] = NAME.exec(line) ?? [];
  const hashes = [...rest.matchAll(HASH)].map(([, hash]) => hash ?? '').sort();
  const [before = '', ...marker] = rest.replace(HASH, '').split(/;(?=\s*[a-z('"])/);
  const version = before.trim().replace(/^\((.*)\)$/, '$1');
  const url = version.startsWith('@') ? version.slice(1).trim() : undefined;
  const clauses = url === undefined ? version.replace(/\s/g, '').split(',').filter(Boolean).sort() : [];
  const named = [...new Set(extras.split(',').map((extra) => canonicalName(extra.trim())))].filter(Boolean).sort();
  if (name === '' || clauses.some((clause) => !CLAUSE.test(clause)) || named.some((extra) => !EXTRA.test(extra))) {
    throw refused(line, 'pip cannot read it as a requirement');
  }
  return {
    name: canonicalName(name),
    extras: named,
    version: [...new Set(clauses)].join(','),
    url,
    marker: markerOf(marker.join(';'), line),
    hashes: [...new Set(hashes)],
  };
}

/** The canonical text of a requirement. */
export function printRequirementLine({ name, extras, version, url, marker, hashes }: RequirementLine): string {
  const what = `${name}${extras.length > 0 ? `[${extras.join(',')}]` : ''}`;
  return `${what}${url === undefined ? version : ` @ ${url}`}${markerText(marker)}${hashes.map((hash) => ` --hash=${hash}`).join('')}`;
}

/** @throws RefusedError for a text that is not a marker */
export function markerOf(text: string, line: string): Marker | undefined {
  if (text.trim() === '') {
    return undefined;
  }
  const marker = parseMarker(text);
  if (marker === undefined) {
    throw refused(line, 'its environment marker cannot be read');
  }
  return marker;
}

/** A marker as it follows a requirement. */
export function markerText(marker: Marker | undefined): string {
  return marker === undefined ? '' : ` ; ${printMarker(marker)}`;
}

/** The error for a line that cannot be installed. */
export function refused(line: string, why: string): RefusedError {
  return new RefusedError(`the requirement ${JSON.stringify(shownLine(line))} cannot be installed: ${why}`);
}

/** A line for messages: bounded, and without the user and password of an address. */
export function shownLine(line: string): string {
  return printable(line.replace(/\/\/[^/\s]*@/g, '//***@'), LINE_SHOWN_MAX);
}
