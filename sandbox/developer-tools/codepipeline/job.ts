import type { Caller } from '../../aws-json/caller';
import type { Action } from './definition';
import type { PlacedArtifact } from './execution';

/** What a provider tells of an action while it runs. */
export interface Progress {
  readonly externalId?: string;
  readonly externalUrl?: string;
  readonly summary?: string;
}

/** An action to run, with everything that its provider needs. */
export interface Job {
  readonly caller: Caller;
  readonly pipelineName: string;
  readonly executionId: string;
  readonly stageName: string;
  readonly action: Action;
  readonly configuration: Readonly<Record<string, string>>;
  /** The role that the action runs with: its own, or else the pipeline's. */
  readonly roleArn: string;
  readonly inputs: readonly PlacedArtifact[];
  /** Where outputs are to be put. */
  readonly outputs: readonly PlacedArtifact[];
  /** The commit of the execution's source, where one is known. */
  readonly sourceRevision: string | undefined;
  report(progress: Progress): void;
  /** To be called before something is begun: an abandoned action begins nothing. @throws ActionFailure when it is abandoned */
  refuseAbandoned(): void;
}

/** What an action gave. */
export interface JobResult {
  /** What a source action took. */
  readonly revision?: { readonly id: string; readonly summary: string };
}

/** Runs actions. @throws ActionFailure, or any Error, which is then a failed action too */
export type JobRunner = (job: Job) => Promise<JobResult>;

/** An action that failed, with CodePipeline's code for it. */
export class ActionFailure extends Error {
  constructor(
    readonly code: 'JobFailed' | 'ConfigurationError' | 'InternalError',
    message: string,
  ) {
    super(message);
  }
}
