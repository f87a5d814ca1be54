import type { DescribeProductInput, SearchProductsInput } from '@aws-sdk/client-service-catalog';
import { lackingInSandbox } from '../../aws-json/errors';
import type { Valid } from '../../aws-json/valid';
import { launchPaths, visibleProducts } from '../access';
import { notFound } from '../errors';
import { findProduct } from '../find';
import { page } from '../paging';
import type { Product, ProductDetails } from '../state';
import type { ServiceCatalogContext } from './context';

/** SearchProducts: the products that the caller may launch, by title. */
export function searchProducts(input: Valid<SearchProductsInput>, { state, caller }: ServiceCatalogContext) {
  const filters = Object.entries(input.Filters ?? {});
  const matching = visibleProducts(state, caller).filter(({ details }) =>
    filters.every(([by, values]) => values.some((value) => matches(details, by, value))),
  );
  const sorted = matching.toSorted((one, other) => one.details.name.localeCompare(other.details.name));
  const { items, ...rest } = page(sorted, input);
  return { ProductViewSummaries: items.map(summaryOf), ProductViewAggregations: {}, ...rest };
}

/**
 * DescribeProduct, with its versions and the caller's launch paths.
 *
 * @throws ServiceError `ResourceNotFoundException` also when the caller has no access to it
 */
export function describeProduct(input: Valid<DescribeProductInput>, { state, caller }: ServiceCatalogContext) {
  const product = findProduct(state, { ProductId: input.Id, ProductName: input.Name });
  const paths = launchPaths(state, caller, product);
  if (paths.length === 0) throw notFound(`Product not found: ${input.Id ?? input.Name}`);
  return {
    ProductViewSummary: summaryOf(product),
    ProvisioningArtifacts: versionDetails(product),
    LaunchPaths: paths.map(({ id, name }) => ({ Id: id, Name: name })),
    Budgets: [],
  };
}

function versionDetails({ versions, details }: Product) {
  return versions.map(({ id, name, description, createdTime }) => ({
    Id: id,
    Name: name,
    Description: description,
    Type: details.type,
    CreatedTime: createdTime,
    Active: true,
    Guidance: 'DEFAULT',
  }));
}

function summaryOf({ id, viewId, details }: Product) {
  return {
    Id: viewId,
    ProductId: id,
    Name: details.name,
    Owner: details.owner,
    ShortDescription: details.description,
    Type: details.type,
    Distributor: details.distributor ?? '',
    HasDefaultPath: false,
    SupportEmail: details.supportEmail,
    SupportDescription: details.supportDescription,
    SupportUrl: details.supportUrl,
  };
}

function matches({ name, owner, description = '' }: ProductDetails, by: string, value: string): boolean {
  if (by !== 'FullTextSearch') throw lackingInSandbox('Service Catalog', `the filter ${by} of SearchProducts`);
  return [name, owner, description].some((text) => text.toLowerCase().includes(value.toLowerCase()));
}
