/** Longer messages are nobody's to read, and logs and states have no room for them. */
const MESSAGE_MAX = 2_000;
/** As much of a foreign name as tells which one it is. */
const QUOTED_MAX = 200;

/**
 * A text that may go into logs, states and terminals, whoever wrote its parts: cut where it is too long, and with escapes
 * (`\u{202e}`) in place of control characters, line ends, and marks that nobody sees or that turn a line around.
 *
 * @param max UTF-16 units that it may have, before the dots that say that there was more
 */
export function printable(text: string, max = MESSAGE_MAX): string {
  const shown = text.slice(0, max).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return text.length > max || shown.length > max ? `${shown.slice(0, max)}...` : shown;
}

/** Somebody else's text inside a message: in quotation marks, and no longer than it takes to know it by. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}...` : text);
}
