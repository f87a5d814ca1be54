import { serializationException } from './errors';
import { memberOf, type ServiceModel, shapeOf } from './service-model';

/**
 * Reads a JSON value as a shape: checks the types, makes dates of timestamps, drops nulls (AWS reads a null as absent).
 * Members that the shape does not have are refused. The AWS SDKs never send one; over the bare wire a misspelled member
 * would otherwise be lost without a word.
 *
 * @throws ServiceError `SerializationException`, in the words of AWS's JSON protocol
 */
export function decode(model: ServiceModel, shapeName: string, value: unknown): unknown {
  const shape = shapeOf(model, shapeName);
  switch (shape.type) {
    case 'structure':
      return decodeStructure(model, shapeName, value);
    case 'list': {
      if (!Array.isArray(value)) throw unconvertible(value, 'a List');
      const member = shape.member?.shape ?? '';
      return value.filter((item) => item !== null).map((item) => decode(model, member, item));
    }
    case 'map': {
      const member = shape.value?.shape ?? '';
      const entries = Object.entries(asObject(value, 'a Map')).filter(([, item]) => item !== null);
      return Object.fromEntries(entries.map(([key, item]) => [key, decode(model, member, item)]));
    }
    default:
      return decodeScalar(shape.type, value);
  }
}

function decodeStructure(model: ServiceModel, shapeName: string, value: unknown): Record<string, unknown> {
  const shape = shapeOf(model, shapeName);
  const decoded: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(asObject(value, shapeName))) {
    const member = memberOf(shape, name);
    if (member === undefined) throw serializationException(`Unexpected member '${name}' found in ${shapeName}.`);
    if (item !== null) decoded[name] = decode(model, member, item);
  }
  return decoded;
}

function decodeScalar(type: string, value: unknown): unknown {
  switch (type) {
    case 'string':
      if (typeof value !== 'string') throw unconvertible(value, 'a String');
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw unconvertible(value, 'a Boolean');
      return value;
    case 'integer':
    case 'long':
      if (!Number.isInteger(value)) throw unconvertible(value, type === 'integer' ? 'an Integer' : 'a Long');
      return value;
    case 'timestamp':
      if (typeof value !== 'number') throw unconvertible(value, 'a Timestamp');
      return new Date(value * 1000);
    default:
      if (typeof value !== 'number') throw unconvertible(value, 'a Double');
      return value;
  }
}

function asObject(value: unknown, target: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unconvertible(value, target);
  return value as Record<string, unknown>;
}

function unconvertible(value: unknown, target: string) {
  return serializationException(`${tokenOf(value)} can not be converted to ${target}`);
}

/** The JSON parser's name for what it met. */
function tokenOf(value: unknown): string {
  if (Array.isArray(value)) return 'START_ARRAY';
  if (typeof value === 'object') return 'START_OBJECT';
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  if (typeof value === 'string') return 'STRING_VALUE';
  return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
}
