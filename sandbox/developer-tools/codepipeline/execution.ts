import { randomUUID } from 'node:crypto';
import type {
  ActionExecutionStatus,
  ExecutionTrigger,
  PipelineExecutionStatus,
  StageExecutionStatus,
} from '@aws-sdk/client-codepipeline';
import type { S3Location } from '../aws/objects';
import { type Action, type Definition, PIPELINE_VARIABLES, RESERVED_NAMESPACE } from './definition';

/** Where an artifact of an execution is. */
export interface PlacedArtifact {
  readonly name: string;
  readonly location: S3Location;
}

/** What a source action took. */
export interface SourceRevision {
  readonly actionName: string;
  readonly revisionId: string;
  readonly revisionSummary: string;
}

/** One run of an action. */
export interface ActionRun {
  readonly id: string;
  readonly stage: string;
  readonly action: Action;
  readonly started: Date;
  readonly inputs: readonly PlacedArtifact[];
  outputs: readonly PlacedArtifact[];
  /** The configuration with the variables' values in it. */
  configuration: Readonly<Record<string, string>>;
  variables: Readonly<Record<string, string>>;
  status: ActionExecutionStatus;
  updated: Date;
  summary?: string;
  /** What the provider calls it: a build's id, a stack's, a commit's. */
  externalId?: string;
  externalUrl?: string;
  /** With which an approval is answered. */
  token?: string;
  error?: { readonly code: string; readonly message: string };
}

/** An execution's way through one stage. */
export interface StageRun {
  readonly stage: string;
  status: StageExecutionStatus;
}

/** What an execution is started with. */
export interface ExecutionRequest {
  readonly trigger: ExecutionTrigger;
  readonly variables?: Readonly<Record<string, string>>;
  /** Commits that source actions take instead of their branches' heads, by action. */
  readonly revisions?: ReadonlyMap<string, string>;
}

/** Why an execution is to end before its time. */
export type Ending =
  | { readonly kind: 'stop'; readonly abandon: boolean; readonly reason: string | undefined }
  | { readonly kind: 'cancel' };

/** An execution of a pipeline: what happened, and what is on its way through the stages. */
export class Execution {
  readonly id = randomUUID();
  readonly started = new Date();
  readonly actions: ActionRun[] = [];
  readonly stages: StageRun[] = [];
  readonly sources: SourceRevision[] = [];
  readonly namespaces = new Map<string, Readonly<Record<string, string>>>();
  readonly artifacts = new Map<string, PlacedArtifact>();
  status: PipelineExecutionStatus = 'InProgress';
  summary: string | undefined;
  updated = new Date();
  ending: Ending | undefined;
  /** Resolves when the actions that run are abandoned. */
  readonly abandonment: Promise<'abandoned'>;
  isAbandoned = false;
  private tellAbandoned: () => void = () => undefined;

  constructor(
    readonly definition: Definition,
    readonly version: number,
    readonly request: ExecutionRequest,
  ) {
    this.abandonment = new Promise((resolve) => {
      this.tellAbandoned = () => resolve('abandoned');
    });
    this.namespaces.set(RESERVED_NAMESPACE, { PipelineExecutionId: this.id });
    this.namespaces.set(PIPELINE_VARIABLES, request.variables ?? {});
  }

  abandon(): void {
    this.isAbandoned = true;
    this.tellAbandoned();
  }

  /** Whether it still goes through the pipeline. */
  get isActive(): boolean {
    return this.status === 'InProgress' || this.status === 'Stopping';
  }
}
