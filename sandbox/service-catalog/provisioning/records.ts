import type { Tag } from '@aws-sdk/client-service-catalog';
import { invalidParameters } from '../errors';
import { newId } from '../ids';
import type { AccountState, LaunchRecord, ProvisionedProduct } from '../state';

/** What a new record begins with. */
export interface NewRecord extends Pick<LaunchRecord, 'type' | 'versionId' | 'pathId' | 'launchRoleArn'> {
  readonly provisioned: ProvisionedProduct;
  readonly request: string;
  readonly tags?: readonly Tag[] | undefined;
}

/** Notes a request; the provisioned product is under change from now on. */
export function addRecord(state: AccountState, { tags = [], ...fixed }: NewRecord): LaunchRecord {
  const now = new Date();
  const record: LaunchRecord = {
    ...fixed,
    tags,
    id: newId('rec'),
    createdTime: now,
    updatedTime: now,
    status: 'CREATED',
    errors: [],
    outputs: [],
  };
  state.records.set(record.id, record);
  record.provisioned.lastRecordId = record.id;
  if (record.type !== 'TERMINATE_PROVISIONED_PRODUCT') record.provisioned.lastProvisioningRecordId = record.id;
  return record;
}

/** A request as records keep it, to know it again: its kind, its token, and the rest. */
export function requestText(type: LaunchRecord['type'], token: string, request: object): string {
  return JSON.stringify([type, token, request]);
}

/**
 * The record of a request that was made before with the same token.
 *
 * @throws ServiceError `InvalidParametersException` for a known token with another request
 */
export function replayed(state: AccountState, request: string): LaunchRecord | undefined {
  const [type, token] = JSON.parse(request) as [string, string];
  const start = JSON.stringify([type, token]).slice(0, -1);
  const known = [...state.records.values()].find((record) => record.request.startsWith(`${start},`));
  if (known && known.request !== request) {
    throw invalidParameters(`The token ${token} was used before with other parameters.`);
  }
  return known;
}

/** A record as every action answers it. */
export function recordDetail(record: LaunchRecord) {
  const { provisioned } = record;
  return {
    RecordId: record.id,
    ProvisionedProductName: provisioned.name,
    Status: record.status,
    CreatedTime: record.createdTime,
    UpdatedTime: record.updatedTime,
    ProvisionedProductType: 'CFN_STACK',
    RecordType: record.type,
    ProvisionedProductId: provisioned.id,
    ProductId: provisioned.productId,
    ProvisioningArtifactId: record.versionId,
    PathId: record.pathId,
    RecordErrors: record.errors,
    RecordTags: record.tags,
    LaunchRoleArn: record.launchRoleArn,
  };
}
