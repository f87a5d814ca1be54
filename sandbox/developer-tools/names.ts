import { randomBytes } from 'node:crypto';

/** The letters and digits that CloudFormation makes the end of a name of. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A name as CloudFormation makes one for a resource that has none: what is known of it, and twelve random characters. */
export function generatedName(known: string, length: number): string {
  return `${known.slice(0, length - 13)}-${randomText(12)}`;
}

/** Random letters and digits. */
export function randomText(length: number): string {
  return [...randomBytes(length)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
}
