import { entries, type Json, type JsonObject, memberShape, minimal, sized, textOf } from './requests';
import { sampleOf } from './samples';
import type { Model, Shape } from './service-model';
import { atLeast, atMost, broken, fitting, oneOf, type Refusal, wrongTypes } from './words';

/** One request, and how the model says it is answered: refused, or let through to what the action itself says. */
export interface Case {
  readonly what: string;
  readonly input: Json;
  readonly refusal: Refusal | undefined;
}

/** A place in a request. */
interface Place {
  /** As AWS names it in a message: `productionVariants.1.member.variantName`. */
  readonly path: string;
  /** The whole request with a value at this place and as little as possible elsewhere. */
  readonly put: (value: Json) => Json;
  /** Where AWS reports a broken constraint of a scalar in a collection: at the collection. */
  readonly inside?: { readonly path: string; readonly prefix: string };
}

/** Every request that the model rules in or out for an action: one broken constraint each, and each constraint's edge. */
export function* casesOf(model: Model, action: string): Generator<Case> {
  const name = model.input(action);
  yield { what: 'as little as possible', input: minimal(model, name), refusal: undefined };
  yield* structureCases(model, model.shape(name), { path: '', put: (value) => value });
}

function* casesAt(model: Model, name: string, place: Place): Generator<Case> {
  const shape = model.shape(name);
  for (const { value, refusal } of wrongTypes(shape.type)) {
    yield { what: `${place.path} as ${JSON.stringify(value)}`, input: place.put(value), refusal };
  }
  if (shape.type === 'structure') yield* structureCases(model, shape, place);
  else if (shape.type === 'list') yield* listCases(model, shape, place);
  else if (shape.type === 'map') yield* mapCases(model, shape, place);
  else if (shape.type === 'string') yield* textCases(shape, place);
  else yield* numberCases(shape, place);
}

function* structureCases(model: Model, shape: Shape, { path, put }: Place): Generator<Case> {
  const smallest = Object.fromEntries(
    (shape.required ?? []).map((member) => [member, minimal(model, memberShape(shape, member))]),
  ) as JsonObject;
  const unknown: Refusal = { code: 'SerializationException', words: "Unexpected member 'NoSuchMember'" };
  yield { what: `${path} with an unknown member`, input: put({ ...smallest, NoSuchMember: 1 }), refusal: unknown };
  for (const [member, { shape: target }] of Object.entries(shape.members ?? {})) {
    const at = join(path, member);
    const { [member]: _, ...rest } = smallest;
    const missing = broken(at, null, 'Member must not be null', 1);
    const refusal = shape.required?.includes(member) ? missing : undefined;
    yield { what: `${at} left out`, input: put(rest), refusal };
    yield { what: `${at} null`, input: put({ ...rest, [member]: null }), refusal };
    yield* casesAt(model, target, { path: at, put: (value) => put({ ...smallest, [member]: value }) });
  }
}

function* listCases(model: Model, shape: Shape, { path, put }: Place): Generator<Case> {
  yield* sizes(shape, path, (size) => put(sized(model, shape, size)));
  const member = shape.member?.shape ?? '';
  const rest = sized(model, shape, Math.max((shape.min ?? 0) - 1, 0));
  const inside = { path, prefix: 'Member must satisfy constraint: [' };
  const place = { path: `${path}.1.member`, put: (value: Json) => put([value, ...rest]) };
  yield* casesAt(model, member, isComposite(model, member) ? place : { ...place, inside });
}

/** Whether AWS reports what is broken within an item by the item's own path. */
function isComposite(model: Model, name: string): boolean {
  return ['structure', 'list', 'map'].includes(model.shape(name).type);
}

function* mapCases(model: Model, shape: Shape, { path, put }: Place): Generator<Case> {
  yield* sizes(shape, path, (size) => put(entries(model, shape, size)));
  const value = minimal(model, shape.value?.shape ?? '');
  const key = minimal(model, shape.key?.shape ?? '') as string;
  const keyPlace: Place = {
    path: `${path}.key`,
    put: (wild) => put({ [wild as string]: value }),
    inside: { path, prefix: 'Map keys must satisfy constraint: [' },
  };
  yield* textCases(model.shape(shape.key?.shape ?? ''), keyPlace);
  const target = shape.value?.shape ?? '';
  const valuePlace: Place = { path: `${path}.${key}.member`, put: (item) => put({ [key]: item }) };
  const inside = { path, prefix: 'Map value must satisfy constraint: [' };
  yield* casesAt(model, target, isComposite(model, target) ? valuePlace : { ...valuePlace, inside });
}

function* sizes({ min = 0, max, type }: Shape, path: string, put: (size: number) => Json): Generator<Case> {
  const what = (size: number) => `${path} of ${size}`;
  if (min > 0) {
    yield { what: what(min - 1), input: put(min - 1), refusal: broken(path, [], atLeast(type, min), 1) };
  }
  yield { what: what(min), input: put(min), refusal: undefined };
  if (max === undefined) return;
  yield { what: what(max), input: put(max), refusal: undefined };
  yield { what: what(max + 1), input: put(max + 1), refusal: broken(path, [], atMost(type, max), 1) };
}

function* textCases({ min = 0, max, pattern, enum: values }: Shape, place: Place): Generator<Case> {
  const { path, put } = place;
  if (values) {
    const shown = values.length > 12 ? [values[0] ?? '', values.at(-1) ?? ''] : values;
    for (const value of shown) yield { what: `${path} ${value}`, input: put(value), refusal: undefined };
    for (const value of ['NoSuchValue', (values[0] ?? '').toLowerCase().concat(' '), '']) {
      yield { what: `${path} '${value}'`, input: put(value), refusal: refusalAt(place, value, oneOf(values), 1) };
    }
    return;
  }
  const { fits, breaks } = sampleOf(pattern);
  if (breaks !== undefined && pattern !== undefined) {
    const refusal = refusalAt(place, breaks, fitting(pattern), 1);
    yield { what: `${path} '${breaks}'`, input: put(breaks), refusal };
  }
  if (min > 0) {
    const short = fits.slice(0, min - 1);
    yield { what: `${path} too short`, input: put(short), refusal: refusalAt(place, short, atLeast('string', min)) };
    const shortest = textOf(pattern, min);
    if (shortest !== undefined) yield { what: `${path} shortest`, input: put(shortest), refusal: undefined };
  }
  if (max === undefined) return;
  const longest = textOf(pattern, max);
  if (longest !== undefined) yield { what: `${path} longest`, input: put(longest), refusal: undefined };
  const long = 'a'.repeat(max + 1);
  yield { what: `${path} too long`, input: put(long), refusal: refusalAt(place, long, atMost('string', max)) };
}

function* numberCases({ type, min, max }: Shape, place: Place): Generator<Case> {
  const { path, put } = place;
  if (type === 'boolean') {
    for (const value of [true, false]) yield { what: `${path} ${value}`, input: put(value), refusal: undefined };
    return;
  }
  for (const edge of [min, max]) {
    if (edge !== undefined) yield { what: `${path} ${edge}`, input: put(edge), refusal: undefined };
  }
  if (min !== undefined) {
    yield { what: `${path} too small`, input: put(min - 1), refusal: refusalAt(place, min - 1, atLeast(type, min), 1) };
  }
  if (max !== undefined) {
    yield { what: `${path} too large`, input: put(max + 1), refusal: refusalAt(place, max + 1, atMost(type, max), 1) };
  }
}

function refusalAt({ path, inside }: Place, value: Json, constraint: string, errors?: number): Refusal {
  if (!inside) return broken(path, value, constraint, errors);
  return { ...broken(inside.path, [], inside.prefix, 1), also: constraint };
}

function join(path: string, member: string): string {
  const name = member.charAt(0).toLowerCase() + member.slice(1);
  return path === '' ? name : `${path}.${name}`;
}
