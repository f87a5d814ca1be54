import type {
  DescribeEndpointConfigOutput,
  DescribeEndpointOutput,
  DescribeModelOutput,
  DescribeModelPackageGroupOutput,
  DescribeModelPackageOutput,
  EndpointStatus,
  ProductionVariantSummary,
} from '@aws-sdk/client-sagemaker';
import type { Caller } from '../aws-json/caller';
import type { Valid } from '../aws-json/valid';
import type { TokenedRequest } from './tokens';

/** What every resource has: what Describe answers, its tags, and its place in the order of creation (times can be equal). */
export interface Stored<Details> {
  readonly sequence: number;
  readonly tags: Map<string, string>;
  details: Valid<Details>;
}

/** A model package group. `lastVersion` only grows, so that the number of a deleted version never comes back. */
export interface StoredGroup extends Stored<DescribeModelPackageGroupOutput> {
  lastVersion: number;
}

/** A package, with the request that made it if that had a token. */
export interface StoredPackage extends Stored<DescribeModelPackageOutput> {
  readonly creation: TokenedRequest | undefined;
}

export type StoredModel = Stored<DescribeModelOutput>;
export type StoredEndpointConfig = Stored<DescribeEndpointConfigOutput>;

/** An endpoint; `details` is what does not change with a deployment. */
export interface StoredEndpoint {
  readonly sequence: number;
  readonly tags: Map<string, string>;
  readonly name: string;
  readonly arn: string;
  readonly creationTime: Date;
  lastModifiedTime: Date;
  status: EndpointStatus;
  /** The configuration that serves, or that is to serve when the endpoint is being created. */
  config: StoredEndpointConfig;
  variants: ProductionVariantSummary[];
  failureReason?: string | undefined;
  pendingDeployment?: DescribeEndpointOutput['PendingDeploymentSummary'];
}

/** Everything that one account has in one region. Groups and packages are kept by ARN, the rest by name. */
export interface AccountState {
  readonly caller: Caller;
  readonly groups: Map<string, StoredGroup>;
  readonly packages: Map<string, StoredPackage>;
  readonly models: Map<string, StoredModel>;
  readonly endpointConfigs: Map<string, StoredEndpointConfig>;
  readonly endpoints: Map<string, StoredEndpoint>;
  /** The next place in the order of creation. */
  nextSequence(): number;
}

/** The state of all accounts and regions, made when first asked for. */
export class StateStore {
  private readonly states = new Map<string, AccountState>();

  of(caller: Caller): AccountState {
    const key = `${caller.account}/${caller.region}`;
    const known = this.states.get(key);
    if (known) return known;
    let sequence = 0;
    const state: AccountState = {
      caller,
      groups: new Map(),
      packages: new Map(),
      models: new Map(),
      endpointConfigs: new Map(),
      endpoints: new Map(),
      nextSequence: () => {
        sequence += 1;
        return sequence;
      },
    };
    this.states.set(key, state);
    return state;
  }
}
