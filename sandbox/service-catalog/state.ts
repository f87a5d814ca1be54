import type {
  ProductType,
  ProvisionedProductStatus,
  RecordError,
  RecordOutput,
  RecordStatus,
  Tag,
} from '@aws-sdk/client-service-catalog';
import type { Caller } from '../aws-json/caller';
import type { Template } from './templates';

/** A launch constraint: the role in whose name a product of a portfolio is launched. */
export interface LaunchConstraint {
  readonly id: string;
  readonly productId: string;
  roleArn: string;
  description?: string | undefined;
}

/** A portfolio with what was associated with it. */
export interface Portfolio {
  readonly id: string;
  readonly arn: string;
  readonly createdTime: Date;
  displayName: string;
  providerName: string;
  description?: string | undefined;
  tags: readonly Tag[];
  readonly productIds: Set<string>;
  /** The ARNs of the roles that may launch its products, each by its association. */
  readonly principals: Map<string, string>;
  readonly constraints: Map<string, LaunchConstraint>;
}

/** A version of a product, which Service Catalog calls a provisioning artifact. */
export interface Version {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly createdTime: Date;
  readonly template: Template;
}

/** What an administrator says of a product. */
export interface ProductDetails {
  readonly name: string;
  readonly owner: string;
  readonly type: ProductType;
  readonly description?: string | undefined;
  readonly distributor?: string | undefined;
  readonly supportDescription?: string | undefined;
  readonly supportEmail?: string | undefined;
  readonly supportUrl?: string | undefined;
  readonly tags: readonly Tag[];
}

export interface Product {
  readonly id: string;
  readonly viewId: string;
  readonly arn: string;
  readonly createdTime: Date;
  details: ProductDetails;
  versions: readonly Version[];
}

/** A request to provision, update or terminate, and what became of it. */
export interface LaunchRecord {
  readonly id: string;
  readonly type: 'PROVISION_PRODUCT' | 'UPDATE_PROVISIONED_PRODUCT' | 'TERMINATE_PROVISIONED_PRODUCT';
  readonly createdTime: Date;
  readonly provisioned: ProvisionedProduct;
  readonly versionId: string;
  readonly pathId: string;
  readonly launchRoleArn: string | undefined;
  readonly tags: readonly Tag[];
  /** The request's token with the request, so that a repeated one gets this record. */
  readonly request: string;
  status: RecordStatus;
  updatedTime: Date;
  errors: readonly RecordError[];
  outputs: readonly RecordOutput[];
}

/** What was provisioned: a stack of the account. */
export interface ProvisionedProduct {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly createdTime: Date;
  readonly productId: string;
  readonly token: string;
  /** Who provisioned it. */
  readonly owner: string;
  readonly stackName: string;
  /** Known once CloudFormation took the stack. */
  stackId?: string | undefined;
  versionId: string;
  pathId: string;
  launchRoleArn: string | undefined;
  status: ProvisionedProductStatus;
  statusMessage?: string | undefined;
  tags: readonly Tag[];
  lastRecordId: string;
  lastProvisioningRecordId: string;
  lastSuccessfulProvisioningRecordId?: string | undefined;
}

/** Everything that one account has in one region; each by its id. */
export interface AccountState {
  readonly caller: Caller;
  readonly portfolios: Map<string, Portfolio>;
  readonly products: Map<string, Product>;
  readonly provisioned: Map<string, ProvisionedProduct>;
  readonly records: Map<string, LaunchRecord>;
}

/** The state of all accounts and regions, made when first asked for. */
export class StateStore {
  private readonly states = new Map<string, AccountState>();

  of(caller: Caller): AccountState {
    const { account, region } = caller;
    const key = `${account}/${region}`;
    const state = this.states.get(key) ?? {
      caller: { account, region },
      portfolios: new Map(),
      products: new Map(),
      provisioned: new Map(),
      records: new Map(),
    };
    this.states.set(key, state);
    return state;
  }
}
