import type {
  ProvisionProductInput,
  TerminateProvisionedProductInput,
  UpdateProvisionedProductInput,
} from '@aws-sdk/client-service-catalog';
import type { Valid } from '../../aws-json/valid';
import { launchPath, principalOf } from '../access';
import { invalidParameters, invalidState } from '../errors';
import { findProduct, findProvisioned, findVersion } from '../find';
import { newId, provisionedArn } from '../ids';
import { addRecord, recordDetail, replayed, requestText } from '../provisioning/records';
import type { AccountState, LaunchRecord, ProvisionedProduct } from '../state';
import type { ServiceCatalogContext } from './context';

/**
 * ProvisionProduct: answers at once; the record tells how it goes.
 *
 * @throws ServiceError `ResourceNotFoundException` when the caller has no access to the product, `InvalidParametersException`
 *   when the name is taken
 */
export function provisionProduct(
  { ProvisionToken: token = '', ...input }: Valid<ProvisionProductInput>,
  { state, caller, launches }: ServiceCatalogContext,
) {
  const request = requestText('PROVISION_PRODUCT', token, input);
  const known = replayed(state, request);
  if (known) return { RecordDetail: recordDetail(known) };
  const product = findProduct(state, input);
  const path = launchPath(state, caller, product, input);
  const version = findVersion(product, input);
  const name = input.ProvisionedProductName;
  if ([...state.provisioned.values()].some((each) => each.name === name)) {
    throw invalidParameters(`A stack named ${name} already exists.`);
  }
  const tags = merged(input.Tags ?? [], product.details.tags, path.portfolio.tags);
  const provisioned = newProduct(state, {
    name,
    productId: product.id,
    versionId: version.id,
    pathId: path.id,
    launchRoleArn: path.launchRoleArn,
    token,
    owner: principalOf(caller),
    tags,
  });
  const record = addRecord(state, {
    type: 'PROVISION_PRODUCT',
    provisioned,
    versionId: version.id,
    pathId: path.id,
    launchRoleArn: path.launchRoleArn,
    tags,
    request,
  });
  return answered(record, () =>
    launches.provision(caller, record, version, parametersOf(input.ProvisioningParameters)),
  );
}

/** UpdateProvisionedProduct: to another version, other parameters, or both. */
export function updateProvisionedProduct(
  { UpdateToken: token = '', ...input }: Valid<UpdateProvisionedProductInput>,
  { state, caller, launches }: ServiceCatalogContext,
) {
  const request = requestText('UPDATE_PROVISIONED_PRODUCT', token, input);
  const known = replayed(state, request);
  if (known) return { RecordDetail: recordDetail(known) };
  const provisioned = findProvisioned(state, { id: input.ProvisionedProductId, name: input.ProvisionedProductName });
  refuseUnderChange(provisioned);
  const named = input.ProductId !== undefined || input.ProductName !== undefined;
  const product = findProduct(state, named ? input : { ProductId: provisioned.productId });
  if (product.id !== provisioned.productId) {
    throw invalidParameters(`${provisioned.id} is of the product ${provisioned.productId}, not of ${product.id}.`);
  }
  const path = launchPath(state, caller, product, input);
  const other = input.ProvisioningArtifactId !== undefined || input.ProvisioningArtifactName !== undefined;
  const version = findVersion(product, other ? input : { ProvisioningArtifactId: provisioned.versionId });
  const record = addRecord(state, {
    type: 'UPDATE_PROVISIONED_PRODUCT',
    provisioned,
    versionId: version.id,
    pathId: path.id,
    launchRoleArn: path.launchRoleArn,
    tags: input.Tags,
    request,
  });
  return answered(record, () => launches.update(caller, record, version, parametersOf(input.ProvisioningParameters)));
}

/** TerminateProvisionedProduct: with the role that it was launched with, whatever has become of product and portfolio. */
export function terminateProvisionedProduct(
  { TerminateToken: token = '', ...input }: Valid<TerminateProvisionedProductInput>,
  { state, launches }: ServiceCatalogContext,
) {
  const request = requestText('TERMINATE_PROVISIONED_PRODUCT', token, input);
  const known = replayed(state, request);
  if (known) return { RecordDetail: recordDetail(known) };
  const provisioned = findProvisioned(state, { id: input.ProvisionedProductId, name: input.ProvisionedProductName });
  refuseUnderChange(provisioned);
  const { versionId, pathId, launchRoleArn } = provisioned;
  const type = 'TERMINATE_PROVISIONED_PRODUCT';
  const record = addRecord(state, { type, provisioned, versionId, pathId, launchRoleArn, request });
  return answered(record, () => launches.terminate(state, record));
}

/** The record as it is before the work begins. */
function answered(record: LaunchRecord, begin: () => void) {
  const RecordDetail = recordDetail(record);
  begin();
  return { RecordDetail };
}

type NewProduct = Pick<
  ProvisionedProduct,
  'name' | 'productId' | 'versionId' | 'pathId' | 'launchRoleArn' | 'token' | 'owner' | 'tags'
>;

function newProduct(state: AccountState, product: NewProduct): ProvisionedProduct {
  const id = newId('pp');
  const provisioned: ProvisionedProduct = {
    ...product,
    id,
    arn: provisionedArn(state.caller, product.name, id),
    createdTime: new Date(),
    stackName: `SC-${state.caller.account}-${id}`,
    status: 'UNDER_CHANGE',
    lastRecordId: '',
    lastProvisioningRecordId: '',
  };
  state.provisioned.set(id, provisioned);
  return provisioned;
}

function refuseUnderChange({ id, status }: ProvisionedProduct): void {
  if (status === 'UNDER_CHANGE') throw invalidState(`The provisioned product ${id} is under change.`);
}

/** Tags of the user's, the product's and the portfolio's; of one key the first counts. */
function merged(...lists: ProvisionedProduct['tags'][]): ProvisionedProduct['tags'] {
  const byKey = new Map(
    lists
      .toReversed()
      .flat()
      .map((tag) => [tag.Key, tag]),
  );
  return [...byKey.values()];
}

interface ParameterInput {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
  readonly UsePreviousValue?: boolean | undefined;
}

function parametersOf(parameters: readonly ParameterInput[] = []) {
  return parameters.map(({ Key = '', Value = '', UsePreviousValue }) =>
    UsePreviousValue ? { ParameterKey: Key, UsePreviousValue } : { ParameterKey: Key, ParameterValue: Value },
  );
}
