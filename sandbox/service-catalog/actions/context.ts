import type { Caller } from '../../aws-json/caller';
import type { Action as JsonAction } from '../../aws-json/service';
import type { Launches } from '../provisioning/launches';
import type { AccountState } from '../state';

/** What an action works with: who calls, the account's state, and what launches products. */
export interface ServiceCatalogContext {
  readonly caller: Caller;
  readonly state: AccountState;
  readonly launches: Launches;
}

/** An action of Service Catalog's. */
export type Action = JsonAction<ServiceCatalogContext>;
