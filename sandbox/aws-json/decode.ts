import { serializationException } from './errors';
import { memberOf, type ServiceModel, shapeOf } from './service-model';

/*
 * The words of AWS's JSON protocol for a value of the wrong type, as they were measured at services that speak it (Kinesis,
 * Athena, SES). Three things are stricter than they are there: an unknown member, a fraction for an integer and a text for a
 * boolean are refused, where AWS drops the first, cuts the second and reads the third. The SDKs never send them.
 */
const LIST_START = 'Start of list found where not expected';
const OBJECT_START = 'Start of structure or map found where not expected.';

/** What an integer may be on the wire: AWS keeps 32 bits of it. */
const INTEGER_LIMIT = 2 ** 31;

/**
 * Reads a JSON value as a shape: checks the types, makes dates of timestamps, drops nulls (AWS reads a null as absent).
 * Members that the shape does not have are refused: over the bare wire a misspelled member would otherwise be lost.
 *
 * @throws ServiceError `SerializationException`, in the words of AWS's JSON protocol
 */
export function decode(model: ServiceModel, shapeName: string, value: unknown): unknown {
  const shape = shapeOf(model, shapeName);
  switch (shape.type) {
    case 'structure':
      return decodeStructure(model, shapeName, value);
    case 'list': {
      const member = shape.member?.shape ?? '';
      return asList(value)
        .filter((item) => item !== null)
        .map((item) => decode(model, member, item));
    }
    case 'map': {
      const member = shape.value?.shape ?? '';
      const entries = Object.entries(asObject(value, 'Expected map or null')).filter(([, item]) => item !== null);
      return Object.fromEntries(entries.map(([key, item]) => [key, decode(model, member, item)]));
    }
    default:
      return decodeScalar(shape.type, value);
  }
}

function decodeStructure(model: ServiceModel, shapeName: string, value: unknown): Record<string, unknown> {
  const shape = shapeOf(model, shapeName);
  const decoded: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(asObject(value, 'Expected null'))) {
    const member = memberOf(shape, name);
    if (member === undefined) throw serializationException(`Unexpected member '${name}' found in ${shapeName}.`);
    if (item !== null) decoded[name] = decode(model, member, item);
  }
  return decoded;
}

function decodeScalar(type: string, value: unknown): unknown {
  if (Array.isArray(value)) throw serializationException(LIST_START);
  if (typeof value === 'object') throw serializationException(OBJECT_START);
  switch (type) {
    case 'string':
      if (typeof value !== 'string') throw unconvertible(value, 'a String');
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw unconvertible(value, 'a Boolean');
      return value;
    case 'integer':
      if (!Number.isInteger(value) || Math.abs(value as number) >= INTEGER_LIMIT)
        throw unconvertible(value, 'an Integer');
      return value;
    case 'long':
      if (!Number.isSafeInteger(value)) throw unconvertible(value, 'a Long');
      return value;
    case 'timestamp':
      return decodeTimestamp(value);
    default:
      if (typeof value !== 'number') throw unconvertible(value, type === 'float' ? 'a Float' : 'a Double');
      return value;
  }
}

function decodeTimestamp(value: unknown): Date {
  const date = typeof value === 'number' ? new Date(value * 1000) : undefined;
  // A number can be too large for a date, which would be found out only when it is written.
  if (!date || Number.isNaN(date.getTime())) throw unconvertible(value, 'milliseconds since epoch');
  return date;
}

function asList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw serializationException(typeof value === 'object' && value !== null ? OBJECT_START : 'Expected list or null');
}

function asObject(value: unknown, expected: string): Record<string, unknown> {
  if (Array.isArray(value)) throw serializationException(LIST_START);
  if (typeof value !== 'object' || value === null) throw serializationException(expected);
  return value as Record<string, unknown>;
}

function unconvertible(value: unknown, target: string) {
  return serializationException(`${tokenOf(value)} can not be converted to ${target}`);
}

/** The JSON parser's name for a scalar. */
function tokenOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  if (typeof value === 'string') return 'STRING_VALUE';
  return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
}
