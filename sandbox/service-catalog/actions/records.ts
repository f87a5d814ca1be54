import type {
  DescribeRecordInput,
  ListRecordHistoryInput,
  ListRecordHistorySearchFilter,
} from '@aws-sdk/client-service-catalog';
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
  const wanted = matching(input.SearchFilter);
  const records = [...state.records.values()]
    .filter((record) => ownedBy(record.provisioned, caller, input.AccessLevelFilter) && wanted(record))
    .reverse();
  const { items, ...rest } = page(records, input);
  return { RecordDetails: items.map(recordDetail), ...rest };
}

/** @throws ServiceError `InvalidParametersException` for a key that there is not */
function matching({ Key: key, Value: value = '' }: Valid<ListRecordHistorySearchFilter> = {}) {
  switch (key) {
    case undefined:
      return () => true;
    case 'provisionedproduct':
      return ({ provisioned: { id, name } }: LaunchRecord) => [id, name].includes(value);
    case 'product':
      return ({ provisioned }: LaunchRecord) => provisioned.productId === value;
    case 'recordtype':
      throw lackingInSandbox('Service Catalog', 'the search filter recordtype of ListRecordHistory');
    default:
      throw invalidParameters(`Invalid search filter key: ${key}`);
  }
}
