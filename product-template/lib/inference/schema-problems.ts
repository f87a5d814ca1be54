import { Ajv, type ErrorObject } from 'ajv';
import schema from '../../inference.schema.json';
import { nearest } from './nearest';

const validate = new Ajv({ allErrors: true, verbose: true, strictTypes: false }).compile(schema);

/** What a content violates of inference.schema.json: a sentence for each key, in the words of the schema's descriptions. */
export function schemaProblems(content: unknown): string[] {
  validate(content);
  const problems = new Map<string, string>();
  for (const error of validate.errors ?? []) {
    const { key, text } = problemOf(error);
    // One value can violate several rules at once, and the description says them all.
    if (!problems.has(key)) {
      problems.set(key, text);
    }
  }
  return [...problems.values()];
}

function problemOf(error: ErrorObject): { key: string; text: string } {
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  const { description, properties = {} } = error.parentSchema as {
    description?: string;
    properties?: Record<string, { description?: string }>;
  };
  const below = (name: string) => (path ? `${path}.${name}` : name);
  if (error.keyword === 'additionalProperties') {
    const name = String(error.params.additionalProperty);
    const known = Object.keys(properties);
    const meant = nearest(name, known);
    const value = shown((error.data as Record<string, unknown>)[name]);
    const hint = meant ? `Did you mean ${meant}? ` : '';
    return { key: below(name), text: `${below(name)} (${value}): no such key. ${hint}Allowed: ${known.join(', ')}.` };
  }
  if (error.keyword === 'required') {
    const name = String(error.params.missingProperty);
    return { key: below(name), text: `${below(name)} is missing. ${properties[name]?.description ?? ''}` };
  }
  const where = path || 'the whole file';
  return { key: where, text: `${where}: ${shown(error.data)} is not allowed. ${description ?? ''}`.trim() };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
