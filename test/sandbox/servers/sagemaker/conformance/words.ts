import type { Json } from './requests';

/** What a request must be answered with. */
export interface Refusal {
  readonly code: 'ValidationException' | 'SerializationException';
  /** What the message contains. */
  readonly words: string;
  /** What it contains besides: of all constraints of a collection's items, the one that is broken. */
  readonly also?: string;
  /** How many constraints are broken; undefined where one broken on purpose can take others along. */
  readonly errors?: number;
}

/** The refusal of one broken constraint of the member at a path, whose value AWS shows back where it is a scalar. */
export function broken(path: string, value: Json, constraint: string, errors?: number): Refusal {
  const shown = value === null ? 'Value null' : typeof value === 'object' ? '' : `Value '${value}'`;
  const words = `${shown} at '${path}' failed to satisfy constraint: ${constraint}`;
  return { code: 'ValidationException', words, ...(errors === undefined ? {} : { errors }) };
}

const noun = (type: string) => (['string', 'list', 'map'].includes(type) ? 'length' : 'value');
export const atMost = (type: string, max: number) => `Member must have ${noun(type)} less than or equal to ${max}`;
export const atLeast = (type: string, min: number) => `Member must have ${noun(type)} greater than or equal to ${min}`;
export const fitting = (pattern: string) => `Member must satisfy regular expression pattern: ${pattern}`;
export const oneOf = (values: readonly string[]) => `Member must satisfy enum value set: [${values.join(', ')}]`;

const LIST = 'Start of list found where not expected';
const OBJECT = 'Start of structure or map found where not expected.';
const NAMES: Readonly<Record<string, string>> = {
  string: 'a String',
  boolean: 'a Boolean',
  integer: 'an Integer',
  long: 'a Long',
  float: 'a Float',
  double: 'a Double',
  timestamp: 'milliseconds since epoch',
};
const EXPECTED: Readonly<Record<string, string>> = {
  list: 'Expected list or null',
  map: 'Expected map or null',
  structure: 'Expected null',
};

/** Values of every wrong JSON type for a type of the model, each with what AWS JSON says of it. */
export function wrongTypes(type: string): { readonly value: Json; readonly refusal: Refusal }[] {
  const collection = EXPECTED[type];
  if (collection !== undefined) {
    const other: [Json, string] = type === 'list' ? [{}, OBJECT] : [[], LIST];
    return [other, ...['text', 7, true].map((value): [Json, string] => [value, collection])].map(refused);
  }
  const name = NAMES[type] ?? type;
  const scalars: [Json, string][] = [
    ['text', `STRING_VALUE can not be converted to ${name}`],
    [7, `NUMBER_VALUE can not be converted to ${name}`],
    [true, `TRUE_VALUE can not be converted to ${name}`],
    [false, `FALSE_VALUE can not be converted to ${name}`],
  ];
  const right = { string: 'string', boolean: 'boolean' }[type] ?? 'number';
  const wrong = scalars.filter(([value]) => typeof value !== right);
  const fraction: [Json, string][] = ['integer', 'long'].includes(type)
    ? [[1.5, `DECIMAL_VALUE can not be converted to ${name}`]]
    : [];
  return [...wrong, ...fraction, [{}, OBJECT] as [Json, string], [[], LIST] as [Json, string]].map(refused);
}

function refused([value, words]: [Json, string]) {
  return { value, refusal: { code: 'SerializationException', words } satisfies Refusal };
}
