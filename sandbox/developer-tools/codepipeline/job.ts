import type { Caller } from '../../aws-json/caller';
import type { Action } from './definition';
import type { PlacedArtifact } from './execution';

/** What a provider tells of an action while it runs. */
export interface Progress {
  readonly externalId?: string;
  readonly externalUrl?: string;
  readonly summary?: string;
  readonly token?: string;
}

/** An action to run, with everything that its provider needs. */
export interface Job {
  readonly caller: Caller;
  readonly pipelineName: string;
  readonly executionId: string;
  readonly stageName: string;
  readonly action: Action;
  /** With the values of variables in it. */
  readonly configuration: Readonly<Record<string, string>>;
  /** The role that the action runs with: its own, or else the pipeline's. */
  readonly roleArn: string;
  readonly inputs: readonly PlacedArtifact[];
  /** Where outputs are to be put. */
  readonly outputs: readonly PlacedArtifact[];
  /** The commit of the execution's source, where one is known. */
  readonly sourceRevision: string | undefined;
  /** The commit that a source action is to take instead of its branch's head. */
  readonly wantedRevision: string | undefined;
  report(progress: Progress): void;
  /** To be called before something is begun: an abandoned action begins nothing. @throws ActionFailure when it is abandoned */
  refuseAbandoned(): void;
}

/** What an action gave. */
export interface JobResult {
  readonly variables?: Readonly<Record<string, string>>;
  /** The names of the outputs that are there; all of them when it is left out. */
  readonly outputs?: readonly string[];
  /** What a source action took. */
  readonly revision?: { readonly id: string; readonly summary: string };
}

/** Runs actions. @throws ActionFailure, or any Error, which is then a failed action too */
export type JobRunner = (job: Job) => Promise<JobResult>;

/** An action that failed, with CodePipeline's code for it. */
export class ActionFailure extends Error {
  constructor(
    readonly code: 'JobFailed' | 'ConfigurationError' | 'RevisionUnavailable' | 'InternalError' | 'Timeout',
    message: string,
  ) {
    super(message);
  }
}
