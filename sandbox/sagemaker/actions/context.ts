import type { Caller } from '../caller';
import type { EndpointLifecycle } from '../endpoints/lifecycle';
import type { EventSender } from '../events';
import type { ModelData } from '../model-data';
import type { AccountState } from '../state';

/** What an action works with: the caller's state, and the ways out of it. */
export interface ActionContext {
  readonly caller: Caller;
  readonly state: AccountState;
  readonly modelData: ModelData;
  readonly events: EventSender;
  readonly endpoints: EndpointLifecycle;
}

/** An action: validated input in, output out. `never` lets a table hold actions of different inputs. */
export type Action = (input: never, context: ActionContext) => object | undefined | Promise<object | undefined>;
