import { type ServiceModel, shapeOf } from './service-model';
import { validInput } from './validate';

/**
 * Makes of a resource's properties the input of the action that makes the resource, and checks it: CloudFormation spells
 * members with a capital (`RoleArn` for `roleArn`), and passes numbers and booleans on as the template has them, as text too.
 * A property that the input does not have is refused, so that none is lost unnoticed.
 *
 * @param shapeName the action's input shape
 * @param without properties that are handled apart, as `Tags` where the action takes none
 * @throws ServiceError as the action itself would
 */
export function inputOf(
  model: ServiceModel,
  shapeName: string,
  properties: Readonly<Record<string, unknown>>,
  without: readonly string[] = [],
): Record<string, unknown> {
  const wanted = Object.entries(properties).filter(([name]) => !without.includes(name));
  return validInput(model, shapeName, converted(model, shapeName, Object.fromEntries(wanted)));
}

function converted(model: ServiceModel, shapeName: string, value: unknown): unknown {
  const shape = shapeOf(model, shapeName);
  if (shape.type === 'list' && Array.isArray(value)) {
    return value.map((item) => converted(model, shape.member?.shape ?? '', item));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    if (shape.type !== 'structure' && shape.type !== 'map') return value;
    const names = new Map(Object.keys(shape.members ?? {}).map((name) => [name.toLowerCase(), name]));
    const entries = Object.entries(value).map(([key, item]) => {
      if (shape.type === 'map') return [key, converted(model, shape.value?.shape ?? '', item)];
      const name = names.get(key.toLowerCase()) ?? key;
      const member = shape.members?.[name]?.shape;
      return [name, member === undefined ? item : converted(model, member, item)];
    });
    return Object.fromEntries(entries);
  }
  return scalar(shape.type, value);
}

function scalar(type: string, value: unknown): unknown {
  if (type === 'string') return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  if (typeof value !== 'string') return value;
  if (type === 'boolean') return /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : value;
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}
