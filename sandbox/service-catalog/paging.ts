import { pageOf } from '../developer-tools/pages';
import { invalidParameters } from './errors';

const DEFAULT_PAGE = 20;

/** What lists have in common in their inputs. */
export interface PageInput {
  readonly PageSize?: number | undefined;
  readonly PageToken?: string | undefined;
}

/**
 * One page of a list, with a token for the next.
 *
 * @throws ServiceError `InvalidParametersException` for a token that no list gave
 */
export function page<Item>(
  items: readonly Item[],
  { PageSize, PageToken }: PageInput,
): { readonly items: readonly Item[]; readonly NextPageToken?: string } {
  const { items: shown, nextToken } = pageOf(items, PageSize || DEFAULT_PAGE, PageToken, invalidParameters);
  return nextToken === undefined ? { items: shown } : { items: shown, NextPageToken: nextToken };
}
