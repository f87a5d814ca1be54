import { createHash } from 'node:crypto';

/** Characters of a {@link shortHash}. */
export const HASH_LENGTH = 16;

/** What a {@link shortHash} looks like. */
export const HASH_PATTERN = `[0-9a-v]{${HASH_LENGTH}}`;

const HEX_DIGITS = 20;

/**
 * 80 bits of a SHA-256 as 16 lower-case letters and digits, which fit every AWS name.
 *
 * Among a million names the odds that any two meet by chance are 1 to 2 * 10^12. Nobody can aim at somebody else's name
 * either: that takes 2^80 trials. (Ten characters, 50 bits, would take a graphics card about a day.)
 *
 * @param kind what the hash is for, so that hashes of one text for two purposes differ
 * @param text any string; of those that are not well-formed Unicode, too, no two are taken for one
 */
export function shortHash(kind: string, text: string): string {
  // JSON keeps lone surrogates apart, which UTF-8 by itself makes one replacement character.
  const hex = createHash('sha256')
    .update(JSON.stringify([kind, text]))
    .digest('hex');
  return BigInt(`0x${hex.slice(0, HEX_DIGITS)}`)
    .toString(32)
    .padStart(HASH_LENGTH, '0');
}
