import type { Caller } from '../../aws-json/caller';
import { keyOf } from '../keys';
import { checkDefinition } from './check-definition';
import type { Definition } from './definition';
import type { Engine } from './engine';
import { pipelineNameInUse, pipelineNotFound } from './errors';
import { Pipeline } from './pipeline';

/** The pipelines of all accounts. */
export class Pipelines {
  private readonly pipelines = new Map<string, Pipeline>();

  constructor(readonly engine: Engine) {}

  /** Makes a pipeline, which runs at once. @throws ServiceError when the name is taken or the definition is none */
  create(owner: Caller, definition: Definition, triggerDetail: string): Pipeline {
    if (this.find(owner, definition.name)) throw pipelineNameInUse(owner, definition.name);
    checkDefinition(definition, owner);
    const pipeline = new Pipeline(owner, definition);
    this.pipelines.set(keyOf(owner, definition.name), pipeline);
    this.engine.start(pipeline, { triggerType: 'CreatePipeline', triggerDetail });
    return pipeline;
  }

  /**
   * Gives a pipeline another definition, as its next version. What runs is completed and then cancelled.
   *
   * @throws ServiceError when there is no such pipeline, or the definition is none
   */
  update(owner: Caller, definition: Definition): Pipeline {
    const pipeline = this.named(owner, definition.name);
    checkDefinition(definition, owner);
    pipeline.definition = definition;
    pipeline.version += 1;
    pipeline.updated = new Date();
    this.engine.cancelAll(pipeline);
    return pipeline;
  }

  /** Also of one that is not there (API_DeletePipeline lists no error for it). */
  delete(owner: Caller, name: string): void {
    const pipeline = this.find(owner, name);
    if (!pipeline) return;
    this.pipelines.delete(keyOf(owner, name));
    this.engine.abandonAll(pipeline);
  }

  find(owner: Caller, name: string): Pipeline | undefined {
    return this.pipelines.get(keyOf(owner, name));
  }

  /** @throws ServiceError when there is no such pipeline */
  named(owner: Caller, name: string): Pipeline {
    const found = this.find(owner, name);
    if (!found) throw pipelineNotFound(owner, name);
    return found;
  }

  list(owner: Caller): Pipeline[] {
    const all = [...this.pipelines.values()];
    const own = all.filter((each) => each.owner.account === owner.account && each.owner.region === owner.region);
    return own.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Ends all executions; what their actions started is ended by who started it. */
  close(): void {
    for (const pipeline of this.pipelines.values()) this.engine.abandonAll(pipeline);
  }
}
