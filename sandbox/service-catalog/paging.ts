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
  { PageSize = DEFAULT_PAGE, PageToken }: PageInput,
): { readonly items: readonly Item[]; readonly NextPageToken?: string } {
  const start = PageToken === undefined ? 0 : Number(Buffer.from(PageToken, 'base64url').toString('utf8'));
  if (!Number.isInteger(start) || start < 0) throw invalidParameters('Invalid page token.');
  const end = start + (PageSize || DEFAULT_PAGE);
  const shown = items.slice(start, end);
  return end < items.length
    ? { items: shown, NextPageToken: Buffer.from(String(end)).toString('base64url') }
    : { items: shown };
}
