import type { ServiceModel } from '../../aws-json/service-model';
import type { Sessions } from '../../developer-tools/aws/session';
import type { StateStore } from '../state';

/** What the CloudFormation types work with. */
export interface ResourceContext {
  readonly model: ServiceModel;
  readonly states: StateStore;
  readonly sessions: Sessions;
}
