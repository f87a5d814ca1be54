/** POSIX classes of Java's regular expressions as character ranges. */
const POSIX_CLASSES: Readonly<Record<string, string>> = {
  Alnum: 'a-zA-Z0-9',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\u0000-\\u007F',
  Print: '\\u0020-\\u007E',
};

/** The escapes that mean the same in Java and in JavaScript's Unicode mode; any other escaped character is that character. */
const SHARED_ESCAPES = /[dDsSwWbBtnrf0-9\\^$.*+?()[\]{}|/-]/;

const compiled = new Map<string, RegExp>();

/**
 * Compiles a pattern of a service model, which is written for Java's `Matcher.matches()`, so that it tests a whole string.
 *
 * @param pattern the pattern as the model has it
 * @returns an anchored Unicode RegExp with the same meaning
 */
export function javaPattern(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known) return known;
  const regExp = new RegExp(`^(?:${toJavaScript(pattern)})$`, 'u');
  compiled.set(pattern, regExp);
  return regExp;
}

function toJavaScript(pattern: string): string {
  let out = '';
  let inClass = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const rest = pattern.slice(at);
    const escaped = /^\\(?:p\{(\w+)\}|(.))/su.exec(rest);
    if (escaped) {
      out += translateEscape(escaped[0], escaped[1], escaped[2], inClass);
      at += escaped[0].length - 1;
      continue;
    }
    // Java lets an anchor be repeated (`$` in `(...)${1,128}`), which changes nothing; JavaScript refuses it.
    const repeatedAnchor = inClass ? null : /^\$\{\d+(?:,\d*)?\}/.exec(rest);
    if (repeatedAnchor) {
      out += '$';
      at += repeatedAnchor[0].length - 1;
      continue;
    }
    const character = rest.charAt(0);
    if (character === '[' && !inClass) inClass = true;
    else if (character === ']' && inClass) inClass = false;
    out += character;
  }
  return out;
}

function translateEscape(
  whole: string,
  property: string | undefined,
  character: string | undefined,
  inClass: boolean,
): string {
  if (property !== undefined) {
    const range = POSIX_CLASSES[property];
    if (!range) return whole;
    return inClass ? range : `[${range}]`;
  }
  if (character === 'A') return '^';
  if (character === 'z' || character === 'Z') return '$';
  // Unicode mode knows `\-` only inside a class.
  if (character === '-') return inClass ? '\\-' : '-';
  if (character === 'b' && inClass) return 'b';
  return character !== undefined && SHARED_ESCAPES.test(character) ? whole : (character ?? whole);
}
