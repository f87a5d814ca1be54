import type { ListLaunchPathsInput, ListPortfoliosInput } from '@aws-sdk/client-service-catalog';
import type { Valid } from '../../aws-json/valid';
import { type LaunchPath, launchPaths } from '../access';
import { notFound } from '../errors';
import { findProduct } from '../find';
import { page } from '../paging';
import type { ServiceCatalogContext } from './context';

/** ListPortfolios: all of the account's, whoever has access to their products (API_ListPortfolios). */
export function listPortfolios(input: Valid<ListPortfoliosInput>, { state }: ServiceCatalogContext) {
  const details = [...state.portfolios.values()].map((portfolio) => ({
    Id: portfolio.id,
    ARN: portfolio.arn,
    DisplayName: portfolio.displayName,
    Description: portfolio.description,
    ProviderName: portfolio.providerName,
    CreatedTime: portfolio.createdTime,
  }));
  const { items, ...rest } = page(details, input);
  return { PortfolioDetails: items, ...rest };
}

/**
 * ListLaunchPaths of the caller.
 *
 * @throws ServiceError `ResourceNotFoundException` when the caller has none
 */
export function listLaunchPaths(input: Valid<ListLaunchPathsInput>, { state, caller }: ServiceCatalogContext) {
  const product = findProduct(state, input);
  const paths = launchPaths(state, caller, product);
  if (paths.length === 0) throw notFound(`No launch paths found for resource: ${product.id}`);
  const summaries = paths.map((path) => ({
    Id: path.id,
    Name: path.name,
    ConstraintSummaries: constraintSummaries(path, product.id),
    Tags: path.portfolio.tags,
  }));
  const { items, ...rest } = page(summaries, input);
  return { LaunchPathSummaries: items, ...rest };
}

/** The constraints that a path puts on a product. */
export function constraintSummaries({ portfolio }: LaunchPath, product: string) {
  return [...portfolio.constraints.values()]
    .filter(({ productId }) => productId === product)
    .map(({ description }) => ({ Type: 'LAUNCH', Description: description }));
}
