import {
  DescribeProductCommand,
  type ProductViewSummary,
  type ProvisioningArtifact,
  SearchProductsCommand,
} from '@aws-sdk/client-service-catalog';
import { PRODUCT_NAME } from '../../lib/names';
import type { Aws } from '../demo/aws';

/** A version of the product, as an end user may launch it. */
export interface LaunchableVersion {
  readonly productId: string;
  readonly pathId: string;
  readonly versionId: string;
  readonly versionName: string;
}

/**
 * Finds the product in the catalog, as an end user does.
 *
 * @param version the version's name; by default the newest
 * @throws Error that says what there is when product or version are not there
 */
export async function launchableVersion({ serviceCatalog }: Aws, version?: string): Promise<LaunchableVersion> {
  const search = new SearchProductsCommand({ Filters: { FullTextSearch: [PRODUCT_NAME] } });
  const { ProductViewSummaries = [] } = await serviceCatalog.send(search);
  const { ProductId: productId } = theProduct(ProductViewSummaries);
  const product = await serviceCatalog.send(new DescribeProductCommand({ Id: productId }));
  const { Id: versionId, Name: versionName } = theVersion(product.ProvisioningArtifacts ?? [], version);
  const pathId = product.LaunchPaths?.[0]?.Id;
  if (!productId || !versionId || !versionName || !pathId) {
    throw new Error(`Service Catalog describes the product ${PRODUCT_NAME} without identifiers.`);
  }
  return { productId, pathId, versionId, versionName };
}

function theProduct(summaries: readonly ProductViewSummary[]): ProductViewSummary {
  const found = summaries.find(({ Name }) => Name === PRODUCT_NAME);
  if (!found) throw new Error(`Service Catalog has no product ${PRODUCT_NAME} for this account.`);
  return found;
}

function theVersion(versions: readonly ProvisioningArtifact[], name: string | undefined): ProvisioningArtifact {
  // What one deployment made has one time, and stands in the order of the releases.
  const byAge = versions.toSorted((one, other) => Number(one.CreatedTime) - Number(other.CreatedTime));
  const found = name === undefined ? byAge.at(-1) : versions.find(({ Name }) => Name === name);
  if (!found) {
    const names = versions.map(({ Name }) => Name).join(', ');
    throw new Error(`The product ${PRODUCT_NAME} has no version ${name}. There are: ${names}.`);
  }
  return found;
}
