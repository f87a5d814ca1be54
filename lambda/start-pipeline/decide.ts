import { createHash } from 'node:crypto';
import type { Deployable } from '../../product-template/lib/deployable/deployable';

/** What is known of the runs that were started for a model. */
export interface Started {
  /** The deployable set that the last run was started for. */
  readonly started?: string;
  /** Somebody is about to start a run, or was and died of it: then nobody knows whether it was started. */
  readonly starting?: Starting;
}

/** A run that is being started. */
export interface Starting {
  /** The deployable set that it is for. */
  readonly fingerprint: string;
  /** CodePipeline starts one run for one token, however often it is asked. */
  readonly token: string;
  /** The invocation that is at it; its repetition by Lambda has the same. */
  readonly request: string;
  /** Seconds since the epoch after which it is taken for dead. */
  readonly expiresAt: number;
}

/** What tells one deployable set from another: packages and the environments that they are to be in. */
export function fingerprintOf(set: readonly Deployable[]): string {
  const said = set.map(({ environment, version, packageArn }) => [environment, version, packageArn]);
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}

/** The fingerprint of nothing to deploy: what a pipeline has deployed that nobody started. */
export const NOTHING = fingerprintOf([]);

/**
 * Whether a run has to be started for a deployable set.
 *
 * @param request id of this invocation
 * @param now seconds since the epoch
 */
export function mustStart(
  { started = NOTHING, starting }: Started,
  set: string,
  request: string,
  now: number,
): boolean {
  if (starting === undefined) {
    return set !== started;
  }
  const underWay = starting.expiresAt >= now && starting.request !== request;
  // A run for another set may have been started or not: only one of this set's own makes sure.
  return !(underWay && starting.fingerprint === set);
}
