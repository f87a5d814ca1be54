import type { ActionRun, Execution, StageRun } from './execution';
import type { Pipeline } from './pipeline';

/** Is told of what happens to executions: it makes events and log lines of it. */
export interface Observer {
  execution(pipeline: Pipeline, execution: Execution): void;
  stage(pipeline: Pipeline, execution: Execution, run: StageRun): void;
  action(pipeline: Pipeline, execution: Execution, run: ActionRun): void;
}
