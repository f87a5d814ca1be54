import type { Caller } from '../../../aws-json/caller';
import type { Pipelines } from '../pipelines';

/** What CodePipeline's actions work with. */
export interface CodePipelineContext {
  readonly caller: Caller;
  readonly pipelines: Pipelines;
}

/** Who calls, as triggers tell it. */
export function callerArn({ account, identity, principal }: Caller): string {
  return identity ?? principal ?? `arn:aws:iam::${account}:root`;
}
