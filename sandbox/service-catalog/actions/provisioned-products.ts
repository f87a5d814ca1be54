import type { AccessLevelFilter, SearchProvisionedProductsInput } from '@aws-sdk/client-service-catalog';
import type { Caller } from '../../aws-json/caller';
import { lackingInSandbox } from '../../aws-json/errors';
import type { Valid } from '../../aws-json/valid';
import { principalOf } from '../access';
import { page } from '../paging';
import type { AccountState, ProvisionedProduct } from '../state';
import type { ServiceCatalogContext } from './context';

/** SearchProvisionedProducts, by `name:...`. */
export function searchProvisionedProducts(
  input: Valid<SearchProvisionedProductsInput>,
  { state, caller }: ServiceCatalogContext,
) {
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

/** Whether a provisioned product is among those that a list is asked for: the caller's own, unless asked otherwise. */
function ownedBy({ owner }: ProvisionedProduct, caller: Caller, { Key: level = 'User' }: AccessLevelFilter = {}) {
  if (level === 'Role') throw lackingInSandbox('Service Catalog', 'the access level Role');
  return level === 'Account' || owner === principalOf(caller);
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

function matches({ name }: ProvisionedProduct, query: string): boolean {
  const [, value] = /^name:(.*)$/.exec(query) ?? [];
  if (value === undefined) throw lackingInSandbox('Service Catalog', `the search query ${query}`);
  return name === value.replaceAll(/^"|"$/g, '');
}
