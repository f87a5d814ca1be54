/** A part of a list, and the token for the part behind it. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}

/**
 * Cuts a list into pages. A token is the number of items before its page.
 *
 * @param refuse makes the error for a token that no page gave
 */
export function pageOf<Item>(
  items: readonly Item[],
  size: number,
  token: string | undefined,
  refuse: (message: string) => Error,
): Page<Item> {
  const start = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(start) || start < 0 || start > items.length) throw refuse(`The token ${token} is of no page.`);
  const end = start + size;
  const shown = items.slice(start, end);
  return end < items.length ? { items: shown, nextToken: String(end) } : { items: shown };
}
