/** The page that has the results, from the project's root. */
export const PAGE = 'docs/benchmarks.md';

/** `npm run bench` replaces the text between these lines of the page. */
export const BEGIN = '<!-- results of npm run bench: begin -->';
export const END = '<!-- results of npm run bench: end -->';

/**
 * Replaces the text between two marker lines.
 *
 * @param page the file's name, for the error
 * @throws Error that names the page and the missing marker
 */
export function replaceBetween(page: string, text: string, begin: string, end: string, inside: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from === -1 || to === -1) {
    const missing = from === -1 ? begin : end;
    throw new Error(`${page} has no line ${missing}: put it back where the results belong`);
  }
  return `${text.slice(0, from + begin.length)}\n\n${inside}\n${text.slice(to)}`;
}
