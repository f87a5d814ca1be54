/**
 * What passes between the steps of the state machine and its callers, written once so that they cannot drift.
 * Payloads stay small: they name things, and each step reads what it needs afresh.
 */

/** Input of an execution. Without `modelName`, every enrolled model is synced. */
export interface SyncRequest {
  readonly modelName?: string;
  /** Look at everything, also at what was found in order within a day and shows no change since. */
  readonly verify?: boolean;
  /** A person's word that packages go whose versions the registry does not know any more, however many there are. */
  readonly confirmDeletions?: boolean;
  /** Name of the sync of all that this one is part of: it decides on such deletions for all of its models together. */
  readonly partOf?: string;
  /** Name of the sync of all that weighed such deletions and lets those of this model go, as many as it knew of. */
  readonly weighedBy?: string;
}

/** Common to the steps that work on one model under a claim. */
export interface ModelStep {
  readonly modelName: string;
  /** ARN of the execution: holder of the model's claim. */
  readonly execution: string;
}

/** Input of `list`. */
export interface ListRequest {
  /** The execution's input, as somebody wrote it. */
  readonly request: unknown;
  /** Name of the execution. */
  readonly execution: string;
  /** How many invocations for this execution came before; absent for the first. */
  readonly part?: number;
}

/** Output of `list`: what an execution has to sync. */
export type ModelList =
  | ({ readonly kind: 'one'; readonly modelName: string } & SyncRequest)
  /** Time ran out: `list` is to be called again with this part. */
  | { readonly kind: 'unfinished'; readonly part: number }
  | {
      readonly kind: 'many';
      /** Where the list of executions is, each with `name` and `input`. */
      readonly bucket: string;
      readonly key: string;
      /** How many models are enrolled. */
      readonly enrolled: number;
      /** How many of them have to be synced. */
      readonly changed: number;
    };

/** Input of `claim`. */
export interface ClaimRequest extends ModelStep, Pick<SyncRequest, 'verify' | 'confirmDeletions'> {}

/** Output of `claim`. */
export interface ClaimResult {
  /** False where another execution holds the claim; that one was told to plan again. */
  readonly claimed: boolean;
  /** The model's package group: known here, so that also a sync that can plan nothing can be told of. */
  readonly groupName: string;
}

/** A version to be packed and registered. */
export interface CreateAction {
  readonly version: string;
  /** ARN of the package that the new one replaces; deleted once the new one stands. */
  readonly replaces?: string;
}

/** A package whose metadata follow the version's. */
export interface UpdateAction {
  readonly packageArn: string;
  /** The version it belongs to; absent for a package of a model that is no longer enrolled. */
  readonly version?: string;
}

/** A package to be deleted. */
export interface DeleteAction {
  readonly packageArn: string;
  /** Why, for people. */
  readonly reason: string;
}

/** Input of `plan`. */
export interface PlanRequest extends ModelStep, Pick<SyncRequest, 'partOf' | 'weighedBy'> {}

/** Output of `plan`. */
export interface PlanResult {
  readonly groupName: string;
  readonly create: readonly CreateAction[];
  /** What is not done, with the reasons: promoted versions that cannot be deployed, deletions that are held or put off. */
  readonly refused: readonly ActionResult[];
  readonly update: readonly UpdateAction[];
  readonly delete: readonly DeleteAction[];
  /** How many packages are as they should be. */
  readonly kept: number;
  /** How many actions wait for the next round, since one does only so much. */
  readonly left: number;
  /** False where the ledger knew the model in this state, so that its packages were not looked into. */
  readonly looked: boolean;
  /** Revision of the ledger's entry that counts once the sync has told of it; absent where none was written. */
  readonly untold?: number | undefined;
}

/**
 * What one action came to. A failed one carries its reason and never stops the others. One that is held waits for somebody's word,
 * one that is put off for that of the sync of all.
 */
export interface ActionResult {
  readonly action: 'plan' | 'create' | 'update' | 'delete' | 'sweep';
  readonly outcome: 'done' | 'skipped' | 'failed' | 'held' | 'put off';
  readonly version?: string;
  readonly packageArn?: string;
  readonly reason?: string;
  /** How many packages a held or put off deletion concerns. */
  readonly packages?: number;
}

/** Sums over the rounds of a sync. What failed or is held is that of the last round, since a later plan tries again. */
export interface Totals {
  /** How often the model was planned. */
  readonly rounds: number;
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly failed: number;
  /** Packages that stay until somebody confirms that they go. */
  readonly held: number;
  /** Reasons of what failed or is held. */
  readonly failures: readonly ActionResult[];
}

/** Input of `weigh`: a sync of all that has synced its models. */
export interface WeighRequest {
  /** Name of the execution. */
  readonly execution: string;
}

/** Output of `weigh`: what becomes of the deletions that the sync's models put off. */
export type Weighed =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'go';
      /** Where the list of executions is, each with `name` and `input`. */
      readonly bucket: string;
      readonly key: string;
      readonly models: number;
    }
  | { readonly kind: 'held'; readonly reason: string };

/** Input of `release`. */
export interface ReleaseRequest extends ModelStep {
  /** ARN of the state machine, for a successor. */
  readonly stateMachine: string;
  /** Of refusals, creations, updates and deletions: for each action the results that it had. */
  readonly results: readonly (readonly (ActionResult | readonly ActionResult[])[])[];
  /** Of the plan: actions that wait for the next round. Absent where there was no plan. */
  readonly left?: number;
  readonly totals?: Totals;
  /** When the execution began, ISO 8601: measured, not decided on. */
  readonly startedAt?: string;
  /** Name of the sync of all that the execution is part of; absent where something asked for this model. */
  readonly partOf?: string;
}

/** Output of `release`. */
export interface ReleaseResult {
  /** The model changed while this execution worked on it: the claim is kept and the plan has to be made again. */
  readonly again: boolean;
  readonly totals: Totals;
}
