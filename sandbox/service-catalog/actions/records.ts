import type { DescribeRecordInput } from '@aws-sdk/client-service-catalog';
import type { Valid } from '../../aws-json/valid';
import { findRecord } from '../find';
import { page } from '../paging';
import { recordDetail } from '../provisioning/records';
import type { ServiceCatalogContext } from './context';

/** DescribeRecord, with the stack's outputs once it is there. */
export function describeRecord(input: Valid<DescribeRecordInput>, { state }: ServiceCatalogContext) {
  const record = findRecord(state, input.Id);
  const { items, ...rest } = page(record.outputs, input);
  return { RecordDetail: recordDetail(record), RecordOutputs: items, ...rest };
}
