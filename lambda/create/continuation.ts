import { RefusedError } from '../shared/errors';
import { MODEL_DATA_TAG } from '../shared/packing/steering';
import type { Checkpoint } from './archive/pack-archive';

/** Invocations for one version, of 14 minutes each: enough for the largest archive at 15 MB/s, and less than an execution's 6 hours. */
export const INVOCATIONS_MAX = 20;

/** What an invocation that ran out of time passes to the next one, through the state machine. */
export interface Continuation {
  /** Digest of the content: a version whose files changed meanwhile starts from the beginning. */
  readonly contentKey: string;
  /** Absent for copies: S3's listing shows which of them are made. */
  readonly checkpoint?: Checkpoint | undefined;
  /** Invocations so far. */
  readonly invocations: number;
}

/** Result of a creation that has to be invoked again, with `continuation` added to its input. */
export interface Continued {
  readonly action: 'create';
  readonly outcome: 'continued';
  readonly version: string;
  readonly continuation: Continuation;
}

/** Where to continue; undefined if there is no checkpoint for this content. */
export function checkpointOf(continuation: Continuation | undefined, contentKey: string): Checkpoint | undefined {
  const checkpoint = continuation?.contentKey === contentKey ? continuation.checkpoint : undefined;
  // A checkpoint of an earlier version of this code has its upload elsewhere: then the archive is packaged from its beginning.
  return checkpoint?.uploadId === undefined ? undefined : checkpoint;
}

/**
 * The continuation after another invocation.
 *
 * @throws RefusedError after {@link INVOCATIONS_MAX} of them
 */
export function continueWith(
  before: Continuation | undefined,
  contentKey: string,
  checkpoint: Checkpoint | undefined,
): Continuation {
  const invocations = (before?.invocations ?? 0) + 1;
  if (invocations >= INVOCATIONS_MAX) {
    const fix =
      checkpoint === undefined
        ? 'the next sync continues'
        : 'the registry is too slow or its downloads break. Name its bucket in mlflow-mlops:artifact-store in cdk.json, or ' +
          `also set the tag ${MODEL_DATA_TAG} to uncompressed`;
    throw new RefusedError(`the model's files are not complete in S3 after ${invocations} invocations: ${fix}`);
  }
  return { contentKey, invocations, checkpoint };
}
