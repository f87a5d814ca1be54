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
  /** Digest of the archive's content by version. */
  readonly contentKeys: ReadonlyMap<string, string>;
  /** Creations that were not looked into: the round has enough to do. */
  readonly left: number;
}

/**
 * Sorts a plan's creations into those that can be deployed and those that cannot, each of these with its reason, until a round
 * has enough to do. A version that cannot be deployed now is looked into again by the next plan.
 *
 * @param prepare gives the digest of the archive's content; throws RefusedError for a version that cannot be packed. With any other error the creation stays in the plan:
 * it has retries of its own and fails alone, where a plan that fails would take the model's other versions with it.
 */
export async function preflight(
  creations: readonly CreateAction[],
  prepare: (version: string) => Promise<string | undefined>,
): Promise<Preflight> {
  const create: CreateAction[] = [];
  const refused: ActionResult[] = [];
  const contentKeys = new Map<string, string>();
  let looked = 0;
  while (looked < creations.length && create.length < ROUND_MAX) {
    const slice = creations.slice(looked, looked + AT_ONCE);
    looked += slice.length;
    const looks = await Promise.all(slice.map(({ version }) => lookInto(version, prepare)));
    slice.forEach((action, index) => {
      const { reason, contentKey } = looks[index] ?? {};
      if (contentKey !== undefined) {
        contentKeys.set(action.version, contentKey);
      }
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
  return { create, refused, contentKeys, left: creations.length - looked };
}

async function lookInto(
  version: string,
  prepare: (version: string) => Promise<string | undefined>,
): Promise<{ contentKey?: string | undefined; reason?: string }> {
  try {
    return { contentKey: await prepare(version) };
  } catch (error) {
    return error instanceof RefusedError ? { reason: error.message } : {};
  }
}
