import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Characters that a shell and dotenv parsers take as they are. */
const BARE = /^[A-Za-z0-9_./:@%+,=-]*$/;

/**
 * The text of an environment file, `NAME=value` a line, loadable with `set -a; . file`. Values are quoted only where a shell
 * needs it, with single quotes where possible, which dotenv parsers read too.
 */
export function formatEnv(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${quote(value)}\n`)
    .join('');
}

function quote(value: string): string {
  if (value.includes('\n')) {
    throw new Error('a value of an environment file cannot have several lines');
  }
  if (BARE.test(value)) {
    return value;
  }
  return value.includes("'") ? `"${value.replaceAll(/["\\$`]/g, '\\$&')}"` : `'${value}'`;
}

/**
 * Reads what `formatEnv` wrote. Empty lines and lines that begin with `#` are passed over.
 *
 * @throws Error that names the line that is not an assignment
 */
export function parseEnv(text: string): Record<string, string> {
  const lines = text.split('\n').map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const assignments = lines.filter(({ line }) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    assignments.map(({ line, number }) => {
      const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(line) ?? [];
      if (name === undefined || value === undefined) {
        throw new Error(`line ${number} of the environment file is not NAME=value: ${line}`);
      }
      return [name, unquote(value)];
    }),
  );
}

function unquote(value: string): string {
  if (/^'[^']*'$/.test(value)) {
    return value.slice(1, -1);
  }
  return /^".*"$/s.test(value) ? value.slice(1, -1).replaceAll(/\\(["\\$`])/g, '$1') : value;
}

/** Writes an environment file that only its owner may read: it holds a token and a secret. */
export function writeEnvFile(file: string, values: Readonly<Record<string, string>>): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, formatEnv(values), { mode: 0o600 });
  renameSync(draft, file);
}

/** Reads an environment file. */
export function readEnvFile(file: string): Record<string, string> {
  return parseEnv(readFileSync(file, 'utf8'));
}
