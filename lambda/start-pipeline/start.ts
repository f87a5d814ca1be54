import { randomUUID } from 'node:crypto';
import { deployableSet, type RegisteredPackage } from '../../product-template/lib/deployable/deployable';
import { messageOf } from '../shared/errors';
import { logger } from '../shared/logging';
import type { DeploymentRecord } from '../shared/store/deployments';
import { fingerprintOf, mustStart, type Started, type Starting } from './decide';
import type { StartRequest } from './start-request';

/** Longer than an invocation lives: whoever began to start a run is done, or dead. */
export const STARTING_SECONDS = 60;

/** Others may come first this often; each of them has decided something. */
const ROUNDS_MAX = 10;

/** What starting needs of the world. */
export interface StartEffects {
  /** This installation's mark: the pipeline deploys only packages that bear it. */
  readonly owner: string;
  /** Whether a sync works on the model. */
  readonly isHeld: (modelName: string) => Promise<boolean>;
  /** All packages of the group. */
  readonly packages: (groupName: string) => Promise<readonly RegisteredPackage[]>;
  readonly read: (groupName: string, stack: string) => Promise<DeploymentRecord>;
  /** Writes where the record is still as it was read; undefined where it is not. */
  readonly write: (
    groupName: string,
    stack: string,
    before: DeploymentRecord,
    now: Started,
  ) => Promise<DeploymentRecord | undefined>;
  /** Starts a run, once for one token; false where there is no such pipeline. */
  readonly startPipeline: (pipelineName: string, token: string) => Promise<boolean>;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** What came of a request, for the log. */
export type Outcome = 'started' | 'unchanged' | 'left to the running sync' | 'no pipeline yet';

/**
 * Starts the model's pipeline when the set of what is to be deployed is another one than its last run was started for.
 *
 * One change brings many events, at once and again. The record of the last start is read before the registry and written only
 * if it is still the same: so whoever writes has seen all that those before him have seen, and of several who see the same
 * change one starts the run.
 *
 * @param request id of this invocation, the same when Lambda repeats it
 * @throws what kept the run from being started; the next request finds it not started
 */
export async function startIfChanged(
  { modelName, groupName, pipelineName, stack }: StartRequest,
  request: string,
  effects: StartEffects,
): Promise<Outcome> {
  // Its packages change one after the other; the sync tells when it is done.
  if (await effects.isHeld(modelName)) {
    return 'left to the running sync';
  }
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const before = await effects.read(groupName, stack);
    const fingerprint = fingerprintOf(deployableSet(await effects.packages(groupName), effects.owner));
    if (!mustStart(before, fingerprint, request, effects.now())) {
      return 'unchanged';
    }
    const starting = begun(before.starting, fingerprint, request, effects.now());
    const mine = await effects.write(groupName, stack, before, { ...before, starting });
    if (mine !== undefined) {
      const record = async (now: Started) => void (await effects.write(groupName, stack, mine, now));
      return (await start(pipelineName, mine, starting, record, effects)) ? 'started' : 'no pipeline yet';
    }
  }
  throw new Error(`the record of ${groupName}'s deployment changed ${ROUNDS_MAX} times while this was looking`);
}

/** A run that is begun again keeps its token: it may have been started before whoever began it died. */
function begun(before: Starting | undefined, fingerprint: string, request: string, now: number): Starting {
  const token = before?.fingerprint === fingerprint ? before.token : randomUUID();
  return { fingerprint, token, request, expiresAt: now + STARTING_SECONDS };
}

async function start(
  pipelineName: string,
  { started }: Started,
  starting: Starting,
  record: (now: Started) => Promise<void>,
  effects: StartEffects,
): Promise<boolean> {
  let exists: boolean;
  try {
    exists = await effects.startPipeline(pipelineName, starting.token);
  } catch (error) {
    // The next try is free to begin at once. It asks with the same token: this one may have been heard.
    await record({ ...(started ? { started } : {}), starting: { ...starting, expiresAt: 0 } }).catch(
      (other: unknown) => {
        logger.error('a start that failed could not be taken back', { reason: messageOf(other) });
      },
    );
    throw error;
  }
  // One that is still to be made runs as soon as it is, and finds this set or a later one.
  await record({ started: starting.fingerprint });
  return exists;
}
