/** Limits of `CustomerMetadataProperties` (API_CreateModelPackage, ModelPackage CustomerMetadataMap). */
export const METADATA_VALUE_MAX = 256;
export const METADATA_ENTRIES_MAX = 50;

/**
 * What is written as it is. SageMaker takes `[\p{L}\p{Z}\p{N}_.:/=+\-@]`, and `=` serves as the escape sign here; but which
 * characters are letters depends on the version of Unicode that the service knows, and the encoding must not depend on the
 * one that this Node.js knows. So it is ASCII and the letters and digits of scripts in wide use, all of them letters
 * since Unicode 3.2 (2002), in normal form C, and one UTF-16 unit long, by which Java counts the 256.
 */
const PLAIN = new RegExp(
  `[A-Za-z0-9_.:/+\\-@${[
    '\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u0220\\u1E00-\\u1E9B\\u1EA0-\\u1EF9', // Latin
    '\\u0386\\u0388-\\u038A\\u038C\\u038E-\\u03A1\\u03A3-\\u03CE', // Greek
    '\\u0400-\\u0481\\u048A-\\u04CE', // Cyrillic
    '\\u05D0-\\u05EA\\u0621-\\u063A\\u0641-\\u064A\\u0660-\\u0669', // Hebrew, Arabic
    '\\u3041-\\u3096\\u30A1-\\u30FA\\u4E00-\\u9FA5\\uAC00-\\uD7A3', // Kana, Han, Hangul
  ].join('')}]`,
);
/** A text that is written as it is from end to end, as most are: with a hundred thousand of them it counts that one look is enough. */
const ALL_PLAIN = new RegExp(`^(?! )(?:${PLAIN.source}| )*(?<! )$`);
/** What {@link encodeMetadataText} never escapes, so that an escape of it is somebody's own text. */
const NEVER_ESCAPED = /[A-Za-z0-9_.:/+\-@]/;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A text in the alphabet of SageMaker's metadata values, such that {@link decodeMetadataText} gives it back exactly.
 * Any other character becomes `=XX` for each byte of its UTF-8 form (the quoted-printable idea, RFC 2045). Of white space
 * only the plain space stands for itself, and not at either end, where forms and tools trim it: SageMaker would take line
 * separators and no-break spaces too, but people, terminals and spreadsheets do not give them back.
 *
 * @param text any text; a lone surrogate, which no UTF-8 can hold, comes back as U+FFFD
 */
export function encodeMetadataText(text: string): string {
  // Stryker disable next-line ConditionalExpression, BlockStatement: a shortcut; the loop below gives the same text
  if (ALL_PLAIN.test(text)) {
    return text;
  }
  let encoded = '';
  for (const character of text.toWellFormed()) {
    encoded += PLAIN.test(character) || character === ' ' ? character : escapeBytes(character);
  }
  return encoded.replace(/^ | $/g, '=20');
}

/**
 * The text that {@link encodeMetadataText} was given. What it does not write (a stray `=`, bytes that are no UTF-8, escapes of
 * characters that need none) people wrote themselves, and it stays as it is: `alpha=42` is no `alphaB`.
 */
export function decodeMetadataText(encoded: string): string {
  return encoded.replace(/(?:=[0-9A-F]{2})+/g, (run) => {
    try {
      const text = UTF8.decode(Buffer.from(run.replaceAll('=', ''), 'hex'));
      return NEVER_ESCAPED.test(text) ? run : text;
    } catch {
      // TextDecoder's only way to say that these bytes are no UTF-8.
      return run;
    }
  });
}

function escapeBytes(character: string): string {
  return [...Buffer.from(character)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** @returns true for an encoded value that is as short as SageMaker wants it */
export function fitsMetadataValue(encoded: string): boolean {
  return encoded.length <= METADATA_VALUE_MAX;
}
