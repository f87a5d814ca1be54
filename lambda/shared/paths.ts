/** A path without the slashes at its end. By hand: a regular expression takes the square of their number where they are not at the end. */
export function withoutEndSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === '/') {
    end--;
  }
  return path.slice(0, end);
}
