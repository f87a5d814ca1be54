import { validationException } from '../aws-json/errors';

/** What all List actions have in common in their inputs. */
export interface ListInput {
  readonly CreationTimeAfter?: Date | undefined;
  readonly CreationTimeBefore?: Date | undefined;
  readonly NameContains?: string | undefined;
  readonly SortBy?: string | undefined;
  readonly SortOrder?: string | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** An item as a list sees it. */
export interface Listed<Item> {
  readonly item: Item;
  readonly name: string;
  readonly creationTime: Date;
  readonly sequence: number;
  readonly status?: string;
}

/** How a list sorts by default, and whether what was created at CreationTimeAfter itself is in it. */
export interface ListKind {
  readonly order: 'Ascending' | 'Descending';
  readonly afterIncludes: boolean;
}

/** API_ListModelPackages, API_ListModelPackageGroups: ascending; created "after the specified time". */
export const REGISTRY_LIST: ListKind = { order: 'Ascending', afterIncludes: false };

/** API_ListModels, API_ListEndpointConfigs, API_ListEndpoints: descending; created at a time "greater than or equal to". */
export const HOSTING_LIST: ListKind = { order: 'Descending', afterIncludes: true };

/** AWS's documented default for ListEndpoints (API_ListEndpoints), and what the other lists are seen to return. */
const DEFAULT_PAGE = 10;

/**
 * One page of a list: filtered, sorted, and cut, with a token that points behind the last item shown, so that items that are
 * added or deleted between two pages move nothing.
 *
 * @param action the List action's name; a token of another action is refused
 * @param kind SageMaker's lists differ
 * @throws ServiceError `ValidationException` when the token is not one that this action gave for this order
 */
export function page<Item>(
  action: string,
  items: Iterable<Listed<Item>>,
  input: ListInput,
  kind: ListKind,
): { readonly items: Item[]; readonly NextToken?: string } {
  const sortBy = input.SortBy ?? 'CreationTime';
  const order = input.SortOrder ?? kind.order;
  const direction = order === 'Ascending' ? 1 : -1;
  const cursorOf = (listed: Listed<Item>): Cursor => [action, sortBy, order, sortKey(listed, sortBy), listed.sequence];
  const after = input.NextToken === undefined ? undefined : parseToken(input.NextToken, action, sortBy, order);
  const rest = [...items]
    .filter((listed) => matches(listed, input, kind))
    .map((listed) => ({ listed, cursor: cursorOf(listed) }))
    .sort((a, b) => direction * compare(a.cursor, b.cursor))
    .filter(({ cursor }) => after === undefined || direction * compare(cursor, after) > 0);
  const shown = rest.slice(0, input.MaxResults ?? DEFAULT_PAGE);
  const last = shown.at(-1);
  const answer = { items: shown.map(({ listed }) => listed.item) };
  return last && rest.length > shown.length ? { ...answer, NextToken: tokenOf(last.cursor) } : answer;
}

type Cursor = readonly [action: string, sortBy: string, order: string, key: string | number, sequence: number];

function matches(listed: Listed<unknown>, input: ListInput, { afterIncludes }: ListKind): boolean {
  const { CreationTimeAfter: after, CreationTimeBefore: before, NameContains: part } = input;
  if (after && listed.creationTime <= after && !(afterIncludes && listed.creationTime.getTime() === after.getTime()))
    return false;
  if (before && listed.creationTime >= before) return false;
  return part === undefined || listed.name.toLowerCase().includes(part.toLowerCase());
}

function sortKey(listed: Listed<unknown>, sortBy: string): string | number {
  if (sortBy === 'Name') return listed.name;
  if (sortBy === 'Status') return listed.status ?? '';
  return listed.creationTime.getTime();
}

function compare(a: Cursor, b: Cursor): number {
  if (a[3] !== b[3]) return a[3] < b[3] ? -1 : 1;
  return a[4] - b[4];
}

function tokenOf(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

function parseToken(token: string, ...expected: readonly string[]): Cursor {
  const cursor = parseJson(Buffer.from(token, 'base64url').toString('utf8'));
  const fits = Array.isArray(cursor) && cursor.length === 5 && expected.every((part, index) => cursor[index] === part);
  if (!fits) throw validationException('Invalid NextToken: it does not belong to this list.');
  return cursor as unknown as Cursor;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
