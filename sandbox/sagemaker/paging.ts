import { validationException } from '../aws-json/errors';

/** What the lists have in common in their inputs. */
interface ListInput {
  readonly SortOrder?: 'Ascending' | 'Descending' | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** A stored resource: its place in the order of creation, and what Describe answers. */
interface Listed<Item> {
  readonly sequence: number;
  readonly details: Item;
}

/** What the lists are seen to return. */
const DEFAULT_PAGE = 10;

/**
 * One page of a list by CreationTime, ascending unless asked otherwise (API_ListModelPackages), with a token that points behind
 * the last item shown, so that items that are added or deleted between two pages move nothing.
 *
 * @param action the List action's name; a token of another action is refused
 * @throws ServiceError `ValidationException` when the token is not one that this action gave for this order
 */
export function page<Item>(
  action: string,
  all: readonly Listed<Item>[],
  { SortOrder: order = 'Ascending', MaxResults: count = DEFAULT_PAGE, NextToken: token }: ListInput,
): { readonly items: Item[]; readonly NextToken?: string } {
  const direction = order === 'Ascending' ? 1 : -1;
  const prefix = `${action}/${order}/`;
  const text = token === undefined ? `${prefix}${-direction * Number.MAX_SAFE_INTEGER}` : decoded(token);
  const after = text.startsWith(prefix) ? Number(text.slice(prefix.length)) : Number.NaN;
  if (Number.isNaN(after)) throw validationException('Invalid NextToken: it does not belong to this list.');
  const rest = all
    .filter(({ sequence }) => direction * (sequence - after) > 0)
    .sort((a, b) => direction * (a.sequence - b.sequence));
  const shown = rest.slice(0, count);
  const answer = { items: shown.map(({ details }) => details) };
  const last = shown.at(-1);
  return last && rest.length > count ? { ...answer, NextToken: encoded(`${prefix}${last.sequence}`) } : answer;
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function decoded(token: string): string {
  return Buffer.from(token, 'base64url').toString('utf8');
}
