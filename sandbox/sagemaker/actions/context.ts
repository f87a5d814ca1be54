import type { Caller } from '../caller';
import type { EndpointLifecycle } from '../endpoints/lifecycle';
import type { EventSender } from '../events';
import type { Faults } from '../faults';
import type { ModelData } from '../model-data';
import type { AccountState } from '../state';

/** What an action works with: the caller's state, and the ways out of it. */
export interface ActionContext {
  readonly caller: Caller;
  readonly state: AccountState;
  readonly modelData: ModelData;
  readonly events: EventSender;
  readonly endpoints: EndpointLifecycle;
  /** What tests want to go wrong; the server's entry looks at it, no action does. */
  readonly faults: Faults;
}

/** An action: validated input in, output out. `never` lets a table hold actions of different inputs. */
export type Action = (input: never, context: ActionContext) => object | undefined | Promise<object | undefined>;
