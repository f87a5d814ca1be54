import type { Figure } from './results';
import { bytesText } from './words';

/**
 * Turns the output of a measuring script into readable figures: `{"scan": {"peakMemoryBytes": 1}}` becomes "scan, peak memory: 1 B".
 *
 * @param value numbers and texts, in objects of any depth; the last word of a name is the unit
 */
export function figuresOf(value: unknown, names: readonly string[] = []): Figure[] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([name, inner]) => figuresOf(inner, [...names, name]));
  }
  const what = names.map(words).join(', ');
  if (typeof value !== 'number') {
    return [{ what, value: typeof value === 'string' ? value : JSON.stringify(value) }];
  }
  for (const [unit, say] of UNITS) {
    if (what.endsWith(` ${unit}`)) {
      return [{ what: what.slice(0, -unit.length - 1).replace(/,$/, ''), value: say(value) }];
    }
  }
  return [{ what, value: number(value) }];
}

const UNITS: readonly (readonly [string, (value: number) => string])[] = [
  ['bytes', bytesText],
  ['mb', (value) => `${number(value)} MB`],
  ['ms', (value) => `${number(value)} ms`],
  ['seconds', (value) => `${number(value)} s`],
];

function number(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}

const PROPER = { 'sage maker': 'SageMaker', 'dynamo db': 'DynamoDB', mlflow: 'MLflow' } as const;

function words(name: string): string {
  const plain = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return Object.entries(PROPER).reduce((text, [small, proper]) => text.replace(small, proper), plain);
}
