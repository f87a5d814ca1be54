import { type Json, type JsonObject, memberShape, minimal, type Typical } from './requests';
import type { Model } from './service-model';

/** A member of an action's input, however deep, with the smallest value of the top-level member that has it in it. */
export interface MemberPath {
  /** As `PrimaryContainer.ModelDataSource.S3DataSource.ETag`, lists as `Containers.[].Image`. */
  readonly path: string;
  readonly value: JsonObject;
}

/**
 * Every member of an action's input, top-level and nested, outermost first.
 *
 * @param typical values of shapes that make sense beyond the model
 */
export function* membersOf(model: Model, action: string, typical: Typical): Generator<MemberPath> {
  yield* below(model, model.input(action), typical, '', (value) => value as JsonObject);
}

function* below(
  model: Model,
  name: string,
  typical: Typical,
  path: string,
  put: (value: Json) => JsonObject,
): Generator<MemberPath> {
  const shape = model.shape(name);
  if (shape.type === 'list') {
    const item = shape.member?.shape ?? '';
    yield* below(model, item, typical, `${path}.[]`, (value) => put([value]));
  }
  if (shape.type !== 'structure') return;
  const required = Object.fromEntries(
    (shape.required ?? []).map((member) => [member, minimal(model, memberShape(shape, member), typical)]),
  );
  for (const [member, { shape: target }] of Object.entries(shape.members ?? {})) {
    const at = path === '' ? member : `${path}.${member}`;
    const putMember = (value: Json) => put(path === '' ? { [member]: value } : { ...required, [member]: value });
    yield { path: at, value: putMember(filled(model, target, typical)) };
    yield* below(model, target, typical, at, putMember);
  }
}

/** The smallest value that says something: a collection has one item. */
function filled(model: Model, name: string, typical: Typical): Json {
  const shape = model.shape(name);
  const smallest = minimal(model, name, typical);
  if (shape.type === 'list' && (smallest as Json[]).length === 0) {
    return [minimal(model, shape.member?.shape ?? '', typical)];
  }
  if (shape.type === 'map' && Object.keys(smallest as JsonObject).length === 0) {
    return { key: minimal(model, shape.value?.shape ?? '', typical) };
  }
  return smallest;
}

/** What stands at a path; of lists the last item. */
export function valueAt(value: Json | undefined, path: string): Json | undefined {
  let found = value;
  for (const step of path.split('.')) {
    if (found === undefined || found === null || typeof found !== 'object') return undefined;
    found = Array.isArray(found) ? found.at(-1) : found[step];
  }
  return found;
}

/** A request with what another has besides; the first items of lists are put together too. */
export function merged(base: Json | undefined, besides: Json): Json {
  if (Array.isArray(base) && Array.isArray(besides)) {
    return besides.length === 0 ? base : [merged(base[0], besides[0] ?? null), ...besides.slice(1)];
  }
  if (!isObject(base) || !isObject(besides)) return besides;
  const entries = Object.entries(besides).map(([key, value]) => [key, merged(base[key], value)] as const);
  return { ...base, ...Object.fromEntries(entries) };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
