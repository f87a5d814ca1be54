import { valid, validRange, satisfies as versionSatisfies } from '@renovatebot/pep440';

/**
 * An environment marker, read as data. The grammar is the one of dependency specifiers
 * (packaging.python.org/en/latest/specifications/dependency-specifiers).
 */
export type Marker =
  | { readonly all: readonly Marker[] }
  | { readonly any: readonly Marker[] }
  | { readonly left: Operand; readonly operator: string; readonly right: Operand };

/** The name of a variable, or a text in quotation marks. */
type Operand = { readonly variable: string } | { readonly text: string };

const TOKEN =
  /\s*(?:([()])|(===|==|~=|!=|<=|>=|<|>)|(not\s+in\b|in\b|and\b|or\b)|'([^']*)'|"([^"]*)"|([a-z_]+(?:\.[a-z_]+)?\b))/y;
const DEPTH_MAX = 20;
/** Variables whose values are compared as versions where both sides are versions. */
const OF_VERSIONS = new Set(['implementation_version', 'platform_release', 'python_full_version', 'python_version']);
/** Names from before PEP 508, which pip still reads. */
const FORMER_NAMES: Readonly<Record<string, string>> = {
  'os.name': 'os_name',
  'sys.platform': 'sys_platform',
  'platform.version': 'platform_version',
  'platform.machine': 'platform_machine',
  'platform.python_implementation': 'platform_python_implementation',
  python_implementation: 'platform_python_implementation',
};

/** The variables of a container's Python on Linux x86-64. SageMaker decides on the kernel, so its variables are empty. */
function variablesOf(python: string): ReadonlyMap<string, string> {
  const [major = '', minor = '', patch = '0'] = python.split('.');
  const full = `${major}.${minor}.${patch}`;
  return new Map([
    ['extra', ''],
    ['implementation_name', 'cpython'],
    ['implementation_version', full],
    ['os_name', 'posix'],
    ['platform_machine', 'x86_64'],
    ['platform_python_implementation', 'CPython'],
    ['platform_release', ''],
    ['platform_system', 'Linux'],
    ['platform_version', ''],
    ['python_full_version', full],
    ['python_version', `${major}.${minor}`],
    ['sys_platform', 'linux'],
  ]);
}

const VARIABLES = variablesOf('');

/** @returns undefined for a text that is not a marker */
export function parseMarker(text: string): Marker | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined) {
    return undefined;
  }
  const parser = new Parser(tokens);
  const marker = parser.any(0);
  return parser.atEnd ? marker : undefined;
}

/** A marker in one form for equal markers that differ in spaces, quotation marks and needless parentheses. */
export function printMarker(marker: Marker): string {
  if ('any' in marker) {
    return marker.any.map(printMarker).join(' or ');
  }
  if ('all' in marker) {
    return marker.all.map((one) => ('any' in one ? `(${printMarker(one)})` : printMarker(one))).join(' and ');
  }
  return `${printOperand(marker.left)} ${marker.operator} ${printOperand(marker.right)}`;
}

/** Evaluates a marker for a Python version on Linux x86-64, as pip does (packaging.markers). */
export function evaluateMarker(marker: Marker, python: string): boolean {
  return evaluate(marker, variablesOf(python));
}

function evaluate(marker: Marker, variables: ReadonlyMap<string, string>): boolean {
  if ('any' in marker) {
    return marker.any.some((one) => evaluate(one, variables));
  }
  if ('all' in marker) {
    return marker.all.every((one) => evaluate(one, variables));
  }
  const { left, operator, right } = marker;
  const resolve = (operand: Operand) => ('text' in operand ? operand.text : (variables.get(operand.variable) ?? ''));
  const variable = 'variable' in left ? left.variable : 'variable' in right ? right.variable : '';
  return compare(resolve(left), operator, resolve(right), OF_VERSIONS.has(variable));
}

function compare(left: string, operator: string, right: string, versions: boolean): boolean {
  if (versions && !operator.includes('in') && validRange(`${operator}${right}`)) {
    return valid(left) !== null && versionSatisfies(left, `${operator}${right}`, { prereleases: true });
  }
  switch (operator) {
    case 'in':
      return right.includes(left);
    case 'not in':
      return !right.includes(left);
    case '!=':
      return left !== right;
    case '==':
    case '===':
    case '<=':
    case '>=':
      return left === right;
    default:
      return false;
  }
}

type Token = { readonly sign: string } | Operand;

function tokensOf(text: string): Token[] | undefined {
  const trimmed = text.trim();
  const tokens: Token[] = [];
  let position = 0;
  while (position < trimmed.length) {
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(trimmed);
    if (match === null) {
      return undefined;
    }
    const [whole, parenthesis, operator, word, single, double, name] = match;
    const sign = parenthesis ?? operator ?? word?.replace(/\s+/, ' ');
    const quotedText = single ?? double;
    const variable = FORMER_NAMES[name ?? ''] ?? name ?? '';
    if (sign === undefined && quotedText === undefined && !VARIABLES.has(variable)) {
      return undefined;
    }
    tokens.push(sign !== undefined ? { sign } : quotedText !== undefined ? { text: quotedText } : { variable });
    position += whole.length;
  }
  return tokens;
}

/** One method a rule of the grammar; each gives undefined where the text does not follow it. */
class Parser {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  get atEnd(): boolean {
    return this.at === this.tokens.length;
  }

  any(depth: number): Marker | undefined {
    const any = this.list('or', () => this.all(depth));
    return any?.length === 1 ? any[0] : any && { any: any.flatMap((one) => ('any' in one ? one.any : [one])) };
  }

  private all(depth: number): Marker | undefined {
    const all = this.list('and', () => this.one(depth));
    return all?.length === 1 ? all[0] : all && { all: all.flatMap((one) => ('all' in one ? one.all : [one])) };
  }

  private list(separator: string, next: () => Marker | undefined): Marker[] | undefined {
    const found: Marker[] = [];
    do {
      const one = next();
      if (one === undefined) {
        return undefined;
      }
      found.push(one);
    } while (this.take(separator));
    return found;
  }

  private one(depth: number): Marker | undefined {
    if (this.take('(')) {
      const inside = depth < DEPTH_MAX ? this.any(depth + 1) : undefined;
      return this.take(')') ? inside : undefined;
    }
    const [left, operator, right] = this.tokens.slice(this.at, this.at + 3);
    if (left === undefined || operator === undefined || right === undefined) {
      return undefined;
    }
    if ('sign' in left || !('sign' in operator) || 'sign' in right || /^(?:[()]|and|or)$/.test(operator.sign)) {
      return undefined;
    }
    if (!('variable' in left) && !('variable' in right)) {
      return undefined;
    }
    this.at += 3;
    return { left, operator: operator.sign, right };
  }

  private take(sign: string): boolean {
    const token = this.tokens[this.at];
    const taken = token !== undefined && 'sign' in token && token.sign === sign;
    this.at += taken ? 1 : 0;
    return taken;
  }
}

function printOperand(operand: Operand): string {
  if ('variable' in operand) {
    return operand.variable;
  }
  return operand.text.includes("'") ? `"${operand.text}"` : `'${operand.text}'`;
}
