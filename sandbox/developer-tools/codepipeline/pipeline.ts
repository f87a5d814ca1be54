import type { Caller } from '../../aws-json/caller';
import type { Definition } from './definition';
import type { Execution } from './execution';
import { Gate, type Traveller } from './gate';

/** An execution as a gate sees it. */
export interface Passenger extends Traveller {
  readonly execution: Execution;
}

/** A pipeline: its definition, the entrances of its stages, and its executions. */
export class Pipeline {
  version = 1;
  readonly created = new Date();
  updated = this.created;
  /** The first is the oldest. */
  readonly executions: Execution[] = [];
  /** Executions by the tokens that they were started with. */
  readonly tokens = new Map<string, string>();
  private readonly gates = new Map<string, Gate<Passenger>>();

  constructor(
    readonly owner: Caller,
    public definition: Definition,
  ) {}

  get name(): string {
    return this.definition.name;
  }

  get arn(): string {
    return `arn:aws:codepipeline:${this.owner.region}:${this.owner.account}:${this.name}`;
  }

  /** The entrance of a stage; it stays the same when the definition changes. */
  gate(stage: string): Gate<Passenger> {
    const known = this.gates.get(stage);
    if (known) return known;
    const gate = new Gate<Passenger>();
    this.gates.set(stage, gate);
    return gate;
  }

  execution(id: string): Execution | undefined {
    return this.executions.find((execution) => execution.id === id);
  }
}
