import { existsSync, readFileSync } from 'node:fs';

/** The last lines of a log, or none when it does not exist. */
export function lastLines(file: string, count: number): string[] {
  return existsSync(file) ? lastOf(readFileSync(file, 'utf8'), count) : [];
}

/** The last lines of a text. */
export function lastOf(text: string, count: number): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n').slice(-count);
}
