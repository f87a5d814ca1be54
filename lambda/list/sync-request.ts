import * as z from 'zod';
import type { SyncRequest } from '../shared/contracts';
import { RefusedError } from '../shared/errors';

const Shape = z.strictObject({
  modelName: z.string().min(1).optional(),
  verify: z.boolean().optional(),
  confirmDeletions: z.boolean().optional(),
  retryEnvironments: z.boolean().optional(),
  fullSync: z.string().optional(),
  // What earlier versions passed to the executions of a full sync. One that runs during an upgrade still does.
  partOf: z.unknown().optional(),
  weighedBy: z.unknown().optional(),
});

/**
 * The input of an execution, which people write too.
 *
 * @throws RefusedError that names what is wrong and shows the two forms there are
 */
export function parseSyncRequest(input: unknown): SyncRequest {
  const parsed = Shape.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new RefusedError(
      `input ${issue?.path.join('.') ?? ''}: ${issue?.message}; expected {"modelName": "<name in MLflow>"} or {} for all enrolled models; ` +
        'with "verify": true also what shows no change is looked into, with "confirmDeletions": true packages whose versions MLflow does ' +
        'not list are deleted at once, and with "retryEnvironments": true failed builds of images are repeated',
    );
  }
  const { modelName, verify, confirmDeletions, retryEnvironments, fullSync } = parsed.data;
  return {
    ...(modelName === undefined ? {} : { modelName }),
    ...(verify ? { verify } : {}),
    ...(confirmDeletions ? { confirmDeletions } : {}),
    ...(retryEnvironments ? { retryEnvironments } : {}),
    ...(fullSync === undefined ? {} : { fullSync }),
  };
}
