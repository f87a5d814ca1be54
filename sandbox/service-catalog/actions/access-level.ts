import type { AccessLevelFilter } from '@aws-sdk/client-service-catalog';
import type { Caller } from '../../aws-json/caller';
import { principalOf, roleOf } from '../access';
import type { ProvisionedProduct } from '../state';

/** Whether a provisioned product is among those that a list is asked for: the caller's own, unless asked otherwise. */
export function ownedBy(
  { owner }: ProvisionedProduct,
  caller: Caller,
  { Key: level = 'User' }: AccessLevelFilter = {},
): boolean {
  if (level === 'Account') return true;
  if (level === 'Role') return roleOf({ ...caller, principal: owner }) === roleOf(caller);
  return owner === principalOf(caller);
}
