import type { Caller } from '../../aws-json/caller';
import type { EventSender } from '../../aws-json/events';
import type { Action as JsonAction } from '../../aws-json/service';
import type { ContainerImages } from '../container-images';
import type { EndpointLifecycle } from '../endpoints/lifecycle';
import type { ModelData } from '../model-data';
import type { AccountState } from '../state';

/** What an action works with: the caller's state, and the ways out of it. */
export interface ActionContext {
  readonly caller: Caller;
  readonly state: AccountState;
  readonly modelData: ModelData;
  readonly images: ContainerImages;
  readonly events: EventSender;
  readonly endpoints: EndpointLifecycle;
}

/** An action of SageMaker's. */
export type Action = JsonAction<ActionContext>;
