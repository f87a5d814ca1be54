import type { ActionResult, CreateAction } from '../shared/contracts';
import { RefusedError } from '../shared/errors';
import { logger } from '../shared/logging';
import { ROUND_MAX } from './round';

/** Versions looked into at once: one registry serves all of them. */
const AT_ONCE = 8;
/** Reasons that the state carries; it has 256 KiB at most (docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html). */
const REFUSED_MAX = 50;
const REASON_MAX = 500;

/** What a plan's creations came to when they were looked into. */
export interface Preflight {
  readonly create: CreateAction[];
  readonly refused: ActionResult[];
  /** Creations that were not looked into: the round has enough to do. */
  readonly left: number;
}

/**
 * Sorts a plan's creations into those that can be deployed and those that cannot, each of these with its reason, until a round
 * has enough to do. A version that cannot be deployed now is looked into again by the next plan.
 *
 * @param prepare throws RefusedError for a version that cannot be packaged. With any other error the creation stays in the plan: it
 * has its own retries and fails alone. A failed plan would stop the model's other versions too.
 */
export async function preflight(
  creations: readonly CreateAction[],
  prepare: (version: string) => Promise<unknown>,
): Promise<Preflight> {
  const create: CreateAction[] = [];
  const refused: ActionResult[] = [];
  let looked = 0;
  while (looked < creations.length && create.length < ROUND_MAX) {
    const slice = creations.slice(looked, looked + AT_ONCE);
    looked += slice.length;
    const reasons = await Promise.all(slice.map(({ version }) => refusalOf(version, prepare)));
    slice.forEach((action, index) => {
      const reason = reasons[index];
      if (reason === undefined) {
        create.push(action);
      } else {
        // Stryker disable next-line StringLiteral, ObjectLiteral: log text
        logger.warn('version cannot be deployed', { version: action.version, reason });
        refused.push({
          action: 'create',
          outcome: 'failed',
          version: action.version,
          reason: reason.slice(0, REASON_MAX),
        });
      }
    });
  }
  const others = refused.length - REFUSED_MAX;
  if (others > 0) {
    const reason = `${others + 1} more versions cannot be deployed; the log of this function has them`;
    refused.splice(REFUSED_MAX - 1, others + 1, { action: 'create', outcome: 'failed', reason });
  }
  return { create, refused, left: creations.length - looked };
}

/** Why a version cannot be packaged; undefined where it can be, or where this is not known. */
async function refusalOf(version: string, prepare: (version: string) => Promise<unknown>): Promise<string | undefined> {
  try {
    await prepare(version);
    return undefined;
  } catch (error) {
    return error instanceof RefusedError ? error.message : undefined;
  }
}
