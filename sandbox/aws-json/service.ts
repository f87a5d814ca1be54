import type { Caller } from './caller';
import type { ServiceModel } from './service-model';

/** An action: validated input in, output out. `never` lets a table hold actions of different inputs. */
export type Action<Context> = (input: never, context: Context) => object | undefined | Promise<object | undefined>;

/** A service that speaks AWS JSON 1.1. `Context` is what its actions work with. */
export interface JsonService<Context> {
  /** AWS's name, for messages: `SageMaker`. */
  readonly name: string;
  /** botocore's model, by which requests are checked and answers cut. */
  readonly model: ServiceModel;
  /** The service that requests are signed for, which is also what policies call it: `sagemaker`. */
  readonly signingName: string;
  /** What stands before the dot of `X-Amz-Target`: `SageMaker`. */
  readonly targetPrefix: string;
  /** The actions that are here, by AWS's names; one that only AWS has is refused by name. */
  readonly actions: ReadonlyMap<string, Action<Context>>;
  /** What an action works with, for one call. */
  contextOf(caller: Caller): Context;
  /** By action: members that AWS takes and that are not here, as unsupported.ts describes them. */
  readonly unsupported?: Readonly<Record<string, readonly string[]>>;
}
