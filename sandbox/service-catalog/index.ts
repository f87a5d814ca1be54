import type { ResourceHandlers } from '../aws-json/cloudformation';
import { type Endpoint, endpointOf } from '../aws-json/protocol';
import type { ServiceModel } from '../aws-json/service-model';
import { Sessions } from '../developer-tools/aws/session';
import { ACTIONS, UNSUPPORTED } from './actions';
import { Launches } from './provisioning/launches';
import { serviceCatalogResources } from './resources';
import { StateStore } from './state';

/** What Service Catalog's stand-in needs. */
export interface ServiceCatalogOptions {
  /** botocore's model of `servicecatalog`. */
  readonly model: ServiceModel;
  /** MiniStack: templates are read from its S3, products are launched by its CloudFormation. */
  readonly awsEndpoint: string;
  readonly log: (line: string) => void;
}

/** Service Catalog as a server can answer with it. */
export interface ServiceCatalog {
  readonly endpoint: Endpoint;
  readonly resources: ResourceHandlers;
  /** Resolves when no record is in progress any more. */
  idle(): Promise<void>;
}

/** Makes Service Catalog's stand-in. Each account and region has a catalog of its own, in memory. */
export function serviceCatalog({ model, awsEndpoint, log }: ServiceCatalogOptions): ServiceCatalog {
  const states = new StateStore();
  const sessions = new Sessions(awsEndpoint);
  const launches = new Launches(sessions, log);
  return {
    endpoint: endpointOf({
      name: 'Service Catalog',
      model,
      signingName: 'servicecatalog',
      targetPrefix: 'AWS242ServiceCatalogService',
      actions: ACTIONS,
      contextOf: (caller) => ({ caller, state: states.of(caller), launches }),
      unsupported: UNSUPPORTED,
    }),
    resources: serviceCatalogResources({ model, states, sessions }),
    idle: () => launches.idle(),
  };
}
