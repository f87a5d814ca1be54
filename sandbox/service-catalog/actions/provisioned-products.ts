import type {
  DescribeProvisionedProductInput,
  GetProvisionedProductOutputsInput,
  ScanProvisionedProductsInput,
  SearchProvisionedProductsInput,
} from '@aws-sdk/client-service-catalog';
import { lackingInSandbox } from '../../aws-json/errors';
import type { Valid } from '../../aws-json/valid';
import { invalidParameters } from '../errors';
import { findProvisioned, findRecord } from '../find';
import { page } from '../paging';
import type { AccountState, ProvisionedProduct } from '../state';
import { ownedBy } from './access-level';
import type { ServiceCatalogContext } from './context';

/** DescribeProvisionedProduct, by id or name. One that was terminated is not found any more. */
export function describeProvisionedProduct(
  input: Valid<DescribeProvisionedProductInput>,
  { state }: ServiceCatalogContext,
) {
  const provisioned = findProvisioned(state, { id: input.Id, name: input.Name });
  return { ProvisionedProductDetail: detailOf(provisioned), CloudWatchDashboards: [] };
}

/** ScanProvisionedProducts */
export function scanProvisionedProducts(
  input: Valid<ScanProvisionedProductsInput>,
  { state, caller }: ServiceCatalogContext,
) {
  const owned = [...state.provisioned.values()].filter((each) => ownedBy(each, caller, input.AccessLevelFilter));
  const { items, ...rest } = page(owned, input);
  return { ProvisionedProducts: items.map(detailOf), ...rest };
}

/** SearchProvisionedProducts, by `name:...`, `id:...`, `status:...`, `productId:...` or a bare text. */
export function searchProvisionedProducts(
  input: Valid<SearchProvisionedProductsInput>,
  { state, caller }: ServiceCatalogContext,
) {
  if (input.SortBy !== undefined) throw lackingInSandbox('Service Catalog', 'SortBy of SearchProvisionedProducts');
  const queries = (input.Filters as Readonly<Record<string, readonly string[]>> | undefined)?.SearchQuery ?? [];
  const matching = [...state.provisioned.values()]
    .filter((each) => ownedBy(each, caller, input.AccessLevelFilter))
    .filter((each) => queries.every((query) => matches(each, query)));
  const { items, ...rest } = page(matching, input);
  return {
    ProvisionedProducts: items.map((each) => ({ ...detailOf(each), ...attributesOf(state, each) })),
    TotalResultsCount: matching.length,
    ...rest,
  };
}

/** GetProvisionedProductOutputs: those of the last provisioning that succeeded. */
export function getProvisionedProductOutputs(
  input: Valid<GetProvisionedProductOutputsInput>,
  { state }: ServiceCatalogContext,
) {
  const provisioned = findProvisioned(state, { id: input.ProvisionedProductId, name: input.ProvisionedProductName });
  const record = provisioned.lastSuccessfulProvisioningRecordId;
  if (record === undefined) throw invalidParameters(`Last successful provisioning record doesn't exist.`);
  const { OutputKeys: keys } = input;
  const outputs = findRecord(state, record).outputs.filter(({ OutputKey = '' }) => keys?.includes(OutputKey) ?? true);
  const { items, ...rest } = page(outputs, input);
  return { Outputs: items, ...rest };
}

function detailOf(provisioned: ProvisionedProduct) {
  return {
    Name: provisioned.name,
    Arn: provisioned.arn,
    Type: 'CFN_STACK',
    Id: provisioned.id,
    Status: provisioned.status,
    StatusMessage: provisioned.statusMessage,
    CreatedTime: provisioned.createdTime,
    IdempotencyToken: provisioned.token,
    LastRecordId: provisioned.lastRecordId,
    LastProvisioningRecordId: provisioned.lastProvisioningRecordId,
    LastSuccessfulProvisioningRecordId: provisioned.lastSuccessfulProvisioningRecordId,
    ProductId: provisioned.productId,
    ProvisioningArtifactId: provisioned.versionId,
    LaunchRoleArn: provisioned.launchRoleArn,
  };
}

/** What only a search answers. */
function attributesOf(state: AccountState, { productId, versionId, stackId, owner, tags }: ProvisionedProduct) {
  const product = state.products.get(productId);
  return {
    PhysicalId: stackId,
    ProductName: product?.details.name,
    ProvisioningArtifactName: product?.versions.find(({ id }) => id === versionId)?.name,
    Tags: tags,
    UserArn: owner,
    UserArnSession: owner,
  };
}

function matches({ name, id, status, productId }: ProvisionedProduct, query: string): boolean {
  const [, field, value = ''] = /^([A-Za-z]+):(.*)$/.exec(query) ?? [];
  if (field === undefined) return [name, id].some((text) => text.includes(query));
  const fields: Readonly<Record<string, string>> = { name, id, status, productId };
  const found = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (found === undefined) throw lackingInSandbox('Service Catalog', `the search field ${field}`);
  return found === value.replaceAll(/^"|"$/g, '');
}
