import type { DescribeRecordInput, ListRecordHistoryInput } from '@aws-sdk/client-service-catalog';
import { lackingInSandbox } from '../../aws-json/errors';
import type { Valid } from '../../aws-json/valid';
import { invalidParameters } from '../errors';
import { findRecord } from '../find';
import { page } from '../paging';
import { recordDetail } from '../provisioning/records';
import type { LaunchRecord } from '../state';
import { ownedBy } from './access-level';
import type { ServiceCatalogContext } from './context';

/** DescribeRecord, with the stack's outputs once it is there. */
export function describeRecord(input: Valid<DescribeRecordInput>, { state }: ServiceCatalogContext) {
  const record = findRecord(state, input.Id);
  const { items, ...rest } = page(record.outputs, input);
  return { RecordDetail: recordDetail(record), RecordOutputs: items, ...rest };
}

/** ListRecordHistory: the newest first. */
export function listRecordHistory(input: Valid<ListRecordHistoryInput>, { state, caller }: ServiceCatalogContext) {
  const records = [...state.records.values()]
    .filter(({ provisioned }) => ownedBy(provisioned, caller, input.AccessLevelFilter))
    .filter((record) => matches(record, input.SearchFilter))
    .reverse();
  const { items, ...rest } = page(records, input);
  return { RecordDetails: items.map(recordDetail), ...rest };
}

function matches(
  { type, provisioned }: LaunchRecord,
  filter: Valid<ListRecordHistoryInput>['SearchFilter'] = {},
): boolean {
  const { Key: key, Value: value } = filter;
  switch (key) {
    case undefined:
      return true;
    case 'provisionedproduct':
      return [provisioned.id, provisioned.name].includes(value ?? '');
    case 'product':
      return provisioned.productId === value;
    case 'recordtype':
      throw lackingInSandbox('Service Catalog', `the search filter recordtype of ListRecordHistory (${type})`);
    default:
      throw invalidParameters(`Invalid search filter key: ${key}`);
  }
}
