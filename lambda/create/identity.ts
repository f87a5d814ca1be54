import { createHash } from 'node:crypto';
import type { Packing } from '../shared/packages/metadata';
import type { ModelVersion } from '../shared/registry/registry';

/**
 * S3 key of a version's archive. The same version packed the same way has the same key, and no other version has: a retry
 * writes over its own half-done work and nothing else.
 */
export function archiveKey(groupName: string, registryId: string, version: ModelVersion, packing: Packing): string {
  const identity = [
    registryId,
    version.name,
    version.version,
    version.creationTimestamp,
    version.runId,
    version.source,
    packing.flavor,
    packing.packing,
  ];
  return `models/${groupName}/${version.version}-${digest(identity).slice(0, 16)}/model.tar.gz`;
}

/** SageMaker gives one package for one token (36 characters at most), so a retry of a step makes no second one. */
export function clientToken(...parts: readonly string[]): string {
  return digest(parts).slice(0, 36);
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
