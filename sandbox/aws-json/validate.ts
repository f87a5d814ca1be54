import { decode } from './decode';
import { validationException } from './errors';
import { javaPattern } from './java-pattern';
import { memberOf, type ServiceModel, type Shape, shapeOf } from './service-model';

/** AWS's JSON services stop at ten broken constraints, as measured at Kinesis and DynamoDB. */
const MAX_SHOWN = 10;

/**
 * Reads and checks the input of an action against the service model.
 *
 * @param model the service model that the shapes come from
 * @param shapeName the action's input shape
 * @param json the parsed body
 * @returns the input, with dates for timestamps
 * @throws ServiceError `SerializationException` for wrong types, `ValidationException` with every broken constraint
 */
export function validInput(model: ServiceModel, shapeName: string, json: unknown): Record<string, unknown> {
  const input = decode(model, shapeName, json) as Record<string, unknown>;
  const problems = brokenConstraints(model, shapeName, input);
  if (problems !== undefined) throw validationException(problems);
  return input;
}

/** What AWS says of the constraints that a value of the right types breaks; undefined when it breaks none. */
export function brokenConstraints(model: ServiceModel, shapeName: string, value: unknown): string | undefined {
  const problems = violations(model, shapeName, value, '').slice(0, MAX_SHOWN);
  if (problems.length === 0) return undefined;
  return `${problems.length} validation error${problems.length > 1 ? 's' : ''} detected: ${problems.join('; ')}`;
}

/** Every broken constraint below a value, each in AWS's words. `path` is the member's dotted path, empty at the root. */
function violations(model: ServiceModel, shapeName: string, value: unknown, path: string): string[] {
  const shape = shapeOf(model, shapeName);
  const own = constraints(shape, value).map((constraint) => problem(value, path, constraint));
  if (shape.type === 'structure') return [...own, ...structureViolations(model, shape, value as object, path)];
  if (shape.type === 'list') return [...own, ...listViolations(model, shape, value as unknown[], path)];
  if (shape.type === 'map') return [...own, ...mapViolations(model, shape, value as object, path)];
  return own;
}

function structureViolations(model: ServiceModel, shape: Shape, value: object, path: string): string[] {
  const found: string[] = [];
  const members = new Map(Object.entries(value));
  for (const name of shape.required ?? []) {
    if (!members.has(name)) found.push(problem(null, join(path, name), 'Member must not be null'));
  }
  for (const [name, item] of members) {
    const member = memberOf(shape, name);
    if (member !== undefined) found.push(...violations(model, member, item, join(path, name)));
  }
  return found;
}

/** AWS reports a list of structures by its items' paths (`tags.1.member.key`), a list of scalars as a whole. */
function listViolations(model: ServiceModel, shape: Shape, items: unknown[], path: string): string[] {
  const member = shape.member?.shape ?? '';
  const itemShape = shapeOf(model, member);
  if (['structure', 'list', 'map'].includes(itemShape.type)) {
    return items.flatMap((item, index) => violations(model, member, item, `${path}.${index + 1}.member`));
  }
  const broken = items.some((item) => constraints(itemShape, item).length > 0);
  return broken ? [problem(items, path, `Member must satisfy constraint: [${describe(itemShape).join(', ')}]`)] : [];
}

function mapViolations(model: ServiceModel, shape: Shape, map: object, path: string): string[] {
  const keyShape = shapeOf(model, shape.key?.shape ?? '');
  const member = shape.value?.shape ?? '';
  const valueShape = shapeOf(model, member);
  const found: string[] = [];
  if (Object.keys(map).some((key) => constraints(keyShape, key).length > 0)) {
    found.push(problem(map, path, `Map keys must satisfy constraint: [${describe(keyShape).join(', ')}]`));
  }
  if (['structure', 'list', 'map'].includes(valueShape.type)) {
    const nested = Object.entries(map);
    return [...found, ...nested.flatMap(([key, item]) => violations(model, member, item, `${path}.${key}.member`))];
  }
  if (Object.values(map).some((item) => constraints(valueShape, item).length > 0)) {
    found.push(problem(map, path, `Map value must satisfy constraint: [${describe(valueShape).join(', ')}]`));
  }
  return found;
}

/** The constraints of a shape that a value itself breaks, without looking into it. */
function constraints(shape: Shape, value: unknown): string[] {
  if (typeof value === 'number') return sizeConstraints(shape, value, 'value');
  if (Array.isArray(value)) return sizeConstraints(shape, value.length, 'length');
  if (shape.type === 'map') return sizeConstraints(shape, Object.keys(value as object).length, 'length');
  if (typeof value !== 'string') return [];
  const broken = sizeConstraints(shape, value.length, 'length');
  if (shape.pattern !== undefined && !javaPattern(shape.pattern).test(value)) broken.push(patternText(shape.pattern));
  if (shape.enum && !shape.enum.includes(value)) broken.push(enumText(shape.enum));
  return broken;
}

function sizeConstraints(shape: Shape, size: number, noun: 'value' | 'length'): string[] {
  const broken: string[] = [];
  if (shape.max !== undefined && size > shape.max) broken.push(maxText(noun, shape.max));
  if (shape.min !== undefined && size < shape.min) broken.push(minText(noun, shape.min));
  return broken;
}

/** All constraints of a scalar shape, as AWS lists them when an item of a collection breaks one. */
function describe(shape: Shape): string[] {
  const noun = shape.type === 'string' ? 'length' : 'value';
  return [
    ...(shape.max === undefined ? [] : [maxText(noun, shape.max)]),
    ...(shape.min === undefined ? [] : [minText(noun, shape.min)]),
    ...(shape.pattern === undefined ? [] : [patternText(shape.pattern)]),
    ...(shape.enum ? [enumText(shape.enum)] : []),
  ];
}

const maxText = (noun: string, max: number) => `Member must have ${noun} less than or equal to ${max}`;
const minText = (noun: string, min: number) => `Member must have ${noun} greater than or equal to ${min}`;
const patternText = (pattern: string) => `Member must satisfy regular expression pattern: ${pattern}`;
const enumText = (values: readonly string[]) => `Member must satisfy enum value set: [${values.join(', ')}]`;

function problem(value: unknown, path: string, constraint: string): string {
  const shown = value === null ? 'null' : `'${javaText(value)}'`;
  return `Value ${shown} at '${path}' failed to satisfy constraint: ${constraint}`;
}

/** A value as Java prints it, which is how AWS shows it back. */
function javaText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, item]) => `${key}=${javaText(item)}`);
  return `{${entries.join(', ')}}`;
}

/** AWS's paths begin every member in lower case: `ModelPackageGroupName` is `modelPackageGroupName`. */
function join(path: string, name: string): string {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  return path === '' ? member : `${path}.${member}`;
}
