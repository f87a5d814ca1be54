/**
 * What passes between the steps of the state machine and its callers, written once so that they cannot drift.
 * Payloads stay small: they name things, and each step reads what it needs afresh.
 */

import type { Verified } from './store/ledger';

/** Input of an execution. Without `modelName`, every enrolled model is synced. */
export interface SyncRequest {
  readonly modelName?: string;
  /** Look at everything, also at what was found in order within a day and shows no change since. */
  readonly verify?: boolean;
  /** A person's confirmation that packages are deleted whose versions MLflow does not list. */
  readonly confirmDeletions?: boolean;
  /** Builds of environment images that failed are repeated at once. */
  readonly retryEnvironments?: boolean;
  /** Name of the full sync that started this one. */
  readonly fullSync?: string;
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
  /** The model's package group: known here, so that a sync that fails before its plan can publish its event too. */
  readonly groupName: string;
}

/** A version to be packed and registered. */
export interface CreateAction {
  readonly version: string;
  /** ARN of the package that the new one replaces once it stands. */
  readonly replaces?: string;
  /** True if the replaced package may be deployed: then it is superseded, else it is deleted. */
  readonly supersedes?: boolean;
}

/** A package whose metadata follow the version's. */
export interface UpdateAction {
  readonly packageArn: string;
  /** The version it belongs to; absent for a package of a model that is no longer enrolled. */
  readonly version?: string;
  /** What else its metadata are to say, encoded. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** True for a package that another one of its version has replaced. */
  readonly supersede?: boolean;
}

/** A package to be deleted. */
export interface DeleteAction {
  readonly packageArn: string;
  /** Why, for people. */
  readonly reason: string;
}

/** Output of `plan`. */
export interface PlanResult {
  readonly groupName: string;
  readonly create: readonly CreateAction[];
  /** What is not done, with the reasons: promoted versions that cannot be deployed, deletions that are blocked. */
  readonly refused: readonly ActionResult[];
  readonly update: readonly UpdateAction[];
  readonly delete: readonly DeleteAction[];
  /** How many packages are as they should be. */
  readonly kept: number;
  /** How many actions wait for the next round, since one does only so much. */
  readonly left: number;
  /** False where the ledger knew the model in this state, so that its packages were not looked into. */
  readonly looked: boolean;
  /** The ledger's entry, to be written once the event is published; absent if there was something to do. */
  readonly entry?: Verified & { readonly revision: number };
}

/**
 * What one action came to. A failed one carries its reason and never stops the others. A blocked one waits: see `deletion-protection.ts`.
 * A waiting one has no image yet: the end of its build starts another sync.
 */
export interface ActionResult {
  readonly action: 'plan' | 'create' | 'update' | 'delete' | 'sweep';
  readonly outcome: 'done' | 'skipped' | 'failed' | 'blocked' | 'waiting';
  readonly version?: string;
  readonly packageArn?: string;
  readonly reason?: string;
  /** Digest of the environment that a waiting version waits for. */
  readonly environment?: string;
  /** How many packages a blocked deletion stands for; absent for the one that it names. */
  readonly packages?: number;
  /** When a blocked deletion happens by itself, ISO 8601; absent if only a confirmation ends it. */
  readonly deletesAt?: string;
}

/** Sums over the rounds of a sync. What failed, waits or is blocked is that of the last round, since a later plan tries again. */
export interface Totals {
  /** How often the model was planned. */
  readonly rounds: number;
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly failed: number;
  /** Packages that deletion protection keeps. */
  readonly blocked: number;
  /** Versions whose environment images are being built. */
  readonly waiting: number;
  /** When the first of them is deleted, ISO 8601; absent if none is, or only by a confirmation. */
  readonly deletesAt?: string;
  /** Reasons of what failed, waits or is blocked. */
  readonly failures: readonly ActionResult[];
}

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
  /** Name of the full sync that started the execution; absent where something asked for this model. */
  readonly fullSync?: string;
}

/** Output of `release`. */
export interface ReleaseResult {
  /** The model changed while this execution worked on it: the claim is kept and the plan has to be made again. */
  readonly again: boolean;
  readonly totals: Totals;
}
