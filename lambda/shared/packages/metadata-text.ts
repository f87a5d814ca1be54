/** Limits of `CustomerMetadataProperties` (API_CreateModelPackage, ModelPackage CustomerMetadataMap). */
export const METADATA_VALUE_MAX = 256;
export const METADATA_ENTRIES_MAX = 50;

/** What SageMaker takes as it is. `=` is taken too, but serves as the escape sign here. */
const PLAIN = /[\p{L}\p{Z}\p{N}_.:/+\-@]/u;

/**
 * A text in the alphabet of SageMaker's metadata values, such that {@link decodeMetadataText} gives it back exactly.
 * A character outside the alphabet becomes `=XX` for each byte of its UTF-8 form (the quoted-printable idea, RFC 2045).
 */
export function encodeMetadataText(text: string): string {
  let encoded = '';
  for (const character of text.toWellFormed()) {
    encoded += PLAIN.test(character) ? character : escapeBytes(character);
  }
  return encoded;
}

/** The text that {@link encodeMetadataText} was given. A stray `=` that people wrote stays as it is. */
export function decodeMetadataText(encoded: string): string {
  return encoded.replace(/(?:=[0-9A-F]{2})+/g, (run) => Buffer.from(run.replaceAll('=', ''), 'hex').toString('utf8'));
}

function escapeBytes(character: string): string {
  return [...Buffer.from(character, 'utf8')]
    .map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

/** @returns true for an encoded value that is as short as SageMaker wants it */
export function fitsMetadataValue(encoded: string): boolean {
  return encoded.length <= METADATA_VALUE_MAX;
}
