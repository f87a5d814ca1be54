import { memberOf, type ServiceModel, shapeOf } from './service-model';

/**
 * Writes a value as a shape: only the members that the shape has, timestamps as epoch seconds, nothing for what is undefined.
 * So a record may hold more than an action answers, and an answer never holds more than AWS's.
 */
export function encode(model: ServiceModel, shapeName: string, value: unknown): unknown {
  const shape = shapeOf(model, shapeName);
  if (value instanceof Date) return value.getTime() / 1000;
  if (shape.type === 'list' && Array.isArray(value)) {
    return value.map((item) => encode(model, shape.member?.shape ?? '', item));
  }
  if (typeof value !== 'object' || value === null) return value;
  const target = (name: string) => (shape.type === 'map' ? shape.value?.shape : memberOf(shape, name));
  const encoded = Object.entries(value).flatMap(([name, item]) => {
    const member = target(name);
    return member === undefined || item === undefined ? [] : [[name, encode(model, member, item)] as const];
  });
  return Object.fromEntries(encoded);
}
