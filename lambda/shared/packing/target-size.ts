import { environmentsOf } from '../environments';
import { RefusedError } from '../errors';
import type { ModelVersion } from '../registry/registry';

/**
 * Refuses a version that none of the environments it is promoted into can hold. One that a single environment cannot hold is
 * packed for the others.
 *
 * @param bytes uncompressed size of the archive's files
 * @throws RefusedError that names the sizes and the way out
 */
export function checkTargetSize(version: ModelVersion, bytes: number): void {
  const targets = environmentsOf(version);
  if (targets.length > 0 && targets.every(({ modelBytesMax }) => bytes > modelBytesMax)) {
    const limits = targets.map(({ name, modelBytesMax }) => `${name} ${gigabytes(modelBytesMax)} GB`).join(', ');
    throw new RefusedError(
      `the model has ${gigabytes(bytes)} GB and its endpoints hold less (${limits}); where an environment's endpoint is of ` +
        'another kind, say so in lambda/shared/environments.ts',
    );
  }
}

export function gigabytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1);
}
