import type { Action } from './context';
import * as products from './products';
import { searchProvisionedProducts } from './provisioned-products';
import * as provisioning from './provisioning';
import { describeRecord } from './records';

/** The actions of an end user that are here, by the names that AWS gives them. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['SearchProducts', products.searchProducts],
  ['DescribeProduct', products.describeProduct],
  ['ProvisionProduct', provisioning.provisionProduct],
  ['UpdateProvisionedProduct', provisioning.updateProvisionedProduct],
  ['TerminateProvisionedProduct', provisioning.terminateProvisionedProduct],
  ['DescribeRecord', describeRecord],
  ['SearchProvisionedProducts', searchProvisionedProducts],
]);

/** Members that AWS takes and that are not here, by action. */
export const UNSUPPORTED: Readonly<Record<string, readonly string[]>> = {
  SearchProducts: ['SortBy', 'SortOrder'],
  ProvisionProduct: ['ProvisioningPreferences', 'NotificationArns'],
  UpdateProvisionedProduct: ['ProvisioningPreferences'],
  TerminateProvisionedProduct: ['IgnoreErrors', 'RetainPhysicalResources'],
  SearchProvisionedProducts: ['SortBy', 'SortOrder'],
};
