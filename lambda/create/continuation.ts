import { RefusedError } from '../shared/errors';
import type { Checkpoint } from './archive/pack-archive';

/** Invocations that one archive may take: far more than the largest archive needs, and an end to those that go on for ever. */
const INVOCATIONS_MAX = 500;

/** What an invocation that ran out of time hands to the next one, through the state machine. */
export interface Continuation {
  /** Digest of what is packed: a version whose files changed meanwhile is begun anew. */
  readonly contentKey: string;
  /** Absent for copies: S3 itself shows which of them are made. */
  readonly checkpoint?: Checkpoint;
  /** Invocations so far. */
  readonly invocations: number;
}

/** Result of a creation that is to be invoked again with `continuation` beside its input. */
export interface Continued {
  readonly action: 'create';
  readonly outcome: 'continued';
  readonly version: string;
  readonly continuation: Continuation;
}

/** The checkpoint to go on from; undefined where there is none for this content. */
export function checkpointOf(continuation: Continuation | undefined, contentKey: string): Checkpoint | undefined {
  return continuation?.contentKey === contentKey ? continuation.checkpoint : undefined;
}

/**
 * The continuation after another invocation.
 *
 * @throws RefusedError for an archive that takes more invocations than any can need
 */
export function continueWith(
  before: Continuation | undefined,
  contentKey: string,
  checkpoint: Checkpoint | undefined,
): Continuation {
  const invocations = (before?.invocations ?? 0) + 1;
  if (invocations >= INVOCATIONS_MAX) {
    const done = checkpoint === undefined ? '' : `, with ${checkpoint.progress.parts} parts in S3`;
    throw new RefusedError(`packing was given up after ${invocations} invocations${done}`);
  }
  return { contentKey, invocations, ...(checkpoint === undefined ? {} : { checkpoint }) };
}
