import { existsSync, readFileSync } from 'node:fs';

/** The last lines of a log, or none when it does not exist. */
export function lastLines(file: string, count: number): string[] {
  if (!existsSync(file)) {
    return [];
  }
  const lines = readFileSync(file, 'utf8').replace(/\n$/, '').split('\n');
  return lines.slice(-count).filter((line, index) => line !== '' || index > 0);
}
