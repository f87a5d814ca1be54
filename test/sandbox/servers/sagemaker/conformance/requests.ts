import { sampleOf } from './samples';
import type { Model, Shape } from './service-model';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

/** Values that a shape must have for a request to make sense beyond the model, as an image that is in ECR. By shape name. */
export type Typical = Readonly<Record<string, Json>>;

/** The smallest value of a shape: required members only, and as many items as there must be. */
export function minimal(model: Model, name: string, typical: Typical = {}): Json {
  const given = typical[name];
  if (given !== undefined) return structuredClone(given);
  const shape = model.shape(name);
  switch (shape.type) {
    case 'structure':
      return Object.fromEntries(
        (shape.required ?? []).map((member) => [member, minimal(model, memberShape(shape, member), typical)]),
      );
    case 'list':
      return sized(model, shape, shape.min ?? 0, typical);
    case 'map':
      return entries(model, shape, shape.min ?? 0, typical);
    default:
      return scalar(shape);
  }
}

/**
 * The largest kind of value of a shape: every member but those that are left out, and one item in every collection.
 *
 * @param without paths (`PrimaryContainer.Mode`, lists as `Containers.[]`) that are not to be there
 */
export function maximal(
  model: Model,
  name: string,
  without: ReadonlySet<string> = new Set(),
  typical: Typical = {},
  path = '',
): Json {
  const given = typical[name];
  if (given !== undefined) return structuredClone(given);
  const shape = model.shape(name);
  const below = (step: string) => (path === '' ? step : `${path}.${step}`);
  const part = (member: string, step: string) => maximal(model, member, without, typical, below(step));
  if (shape.type === 'structure') {
    const members = Object.entries(shape.members ?? {}).filter(([member]) => !without.has(below(member)));
    return Object.fromEntries(members.map(([member, { shape: target }]) => [member, part(target, member)]));
  }
  if (shape.type === 'list') return [part(shape.member?.shape ?? '', '[]')];
  if (shape.type === 'map') return { [keys(model, shape, 1)[0] ?? '']: part(shape.value?.shape ?? '', '{}') };
  return scalar(shape);
}

/** A list of a size. */
export function sized(model: Model, { member }: Shape, size: number, typical: Typical = {}): Json[] {
  return Array.from({ length: size }, () => minimal(model, member?.shape ?? '', typical));
}

/** A map of a size. */
export function entries(model: Model, shape: Shape, size: number, typical: Typical = {}): JsonObject {
  const value = shape.value?.shape ?? '';
  return Object.fromEntries(keys(model, shape, size).map((key) => [key, minimal(model, value, typical)]));
}

/** A text of a length that fits, or undefined where there is none. */
export function textOf(pattern: string | undefined, length: number): string | undefined {
  const { fits, grows, ofLength } = sampleOf(pattern);
  if (fits.length >= length) return fits.length === length ? fits : undefined;
  return ofLength?.(length) ?? (grows === undefined ? undefined : fits + grows.repeat(length - fits.length));
}

export function memberShape({ members }: Shape, member: string): string {
  return members?.[member]?.shape ?? '';
}

function keys(model: Model, { key }: Shape, size: number): string[] {
  const { fits } = sampleOf(model.shape(key?.shape ?? '').pattern);
  return Array.from({ length: size }, (_, index) => `${fits}${index}`);
}

function scalar(shape: Shape): Json {
  if (shape.type === 'boolean') return true;
  if (shape.type === 'timestamp') return 1_700_000_000;
  if (shape.type !== 'string') return shape.min ?? 1;
  if (shape.enum) return shape.enum[0] ?? '';
  const { fits } = sampleOf(shape.pattern);
  return fits.length >= (shape.min ?? 0) ? fits : (textOf(shape.pattern, shape.min ?? 0) ?? fits);
}
