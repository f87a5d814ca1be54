import type { Action } from './context';
import * as parameters from './parameters';
import * as portfolios from './portfolios';
import * as products from './products';
import * as provisionedProducts from './provisioned-products';
import * as provisioning from './provisioning';
import * as records from './records';

/** The actions that are here, by the names that AWS gives them: an end user's, and the lists that lead there. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['ListPortfolios', portfolios.listPortfolios],
  ['ListLaunchPaths', portfolios.listLaunchPaths],
  ['SearchProducts', products.searchProducts],
  ['DescribeProduct', products.describeProduct],
  ['ListProvisioningArtifacts', products.listProvisioningArtifacts],
  ['DescribeProvisioningParameters', parameters.describeProvisioningParameters],
  ['ProvisionProduct', provisioning.provisionProduct],
  ['UpdateProvisionedProduct', provisioning.updateProvisionedProduct],
  ['TerminateProvisionedProduct', provisioning.terminateProvisionedProduct],
  ['DescribeRecord', records.describeRecord],
  ['ListRecordHistory', records.listRecordHistory],
  ['DescribeProvisionedProduct', provisionedProducts.describeProvisionedProduct],
  ['ScanProvisionedProducts', provisionedProducts.scanProvisionedProducts],
  ['SearchProvisionedProducts', provisionedProducts.searchProvisionedProducts],
  ['GetProvisionedProductOutputs', provisionedProducts.getProvisionedProductOutputs],
]);

/** Members that AWS takes and that are not here, by action. */
const UNSUPPORTED: Readonly<Record<string, readonly string[]>> = {
  ProvisionProduct: ['ProvisioningPreferences', 'NotificationArns'],
  UpdateProvisionedProduct: ['ProvisioningPreferences'],
};

/** The member of a valid input that is not imitated, if it has one. */
export function unsupportedMember(action: string, input: unknown): string | undefined {
  return UNSUPPORTED[action]?.find((member) => member in (input as object));
}
