import { randomUUID } from 'node:crypto';
import type {
  ActionExecutionStatus,
  ExecutionTrigger,
  PipelineExecutionStatus,
  StageExecutionStatus,
} from '@aws-sdk/client-codepipeline';
import type { S3Location } from '../aws/objects';
import type { Action, Definition } from './definition';

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
  readonly outputs: readonly PlacedArtifact[];
  status: ActionExecutionStatus;
  updated: Date;
  summary?: string;
  /** What the provider calls it: a build's id, a stack's, a commit's. */
  externalId?: string;
  externalUrl?: string;
  error?: { readonly code: string; readonly message: string };
}

/** An execution's way through one stage. */
export interface StageRun {
  readonly stage: string;
  status: StageExecutionStatus;
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
    readonly trigger: ExecutionTrigger,
  ) {
    this.abandonment = new Promise((resolve) => {
      this.tellAbandoned = () => resolve('abandoned');
    });
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
