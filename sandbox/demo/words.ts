/** Seconds since a moment, for people. */
export function secondsSince(since: number): string {
  return seconds(Date.now() - since);
}

/** Milliseconds as seconds, for people. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** The first numbers of a list. */
export function firstOf(values: readonly number[]): string {
  const first = values.slice(0, 3).map((value) => value.toFixed(6));
  return `[${first.join(', ')}, ...]`;
}
