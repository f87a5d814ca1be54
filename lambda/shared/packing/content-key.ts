import { createHash } from 'node:crypto';
import { MODEL_FILES } from '../artifact-folders';
import type { ModelFolder } from '../flavors/flavor';
import type { ArchiveEntry } from './archive-entry';

/** Counts up when archives of the same entries get other content. Those made before are packed again. */
const FORMAT = 1;

/** Which files an archive is made from. */
export interface Artifact {
  /** Host and base path of the registry. */
  readonly registryId: string;
  /** Of the registry's artifacts, which one. */
  readonly artifactId: string;
  readonly folder: Pick<ModelFolder, 'files' | 'mlmodelHash'>;
}

/**
 * A digest of all that decides an archive's content: the artifact's identity, its listing with checksums where the registry
 * gives them, and what packing makes of it. Versions of one artifact share it; artifacts whose files have equal names and sizes do not.
 *
 * A run's artifact can be written again under its name. Its MLmodel is then another one, with the id and time of its logging.
 *
 * @returns 40 hexadecimal digits
 */
export function contentKey({ registryId, artifactId, folder }: Artifact, entries: readonly ArchiveEntry[]): string {
  const hash = createHash('sha256');
  const add = (...fields: readonly unknown[]) => hash.update(`${JSON.stringify(fields)}\n`);
  add(FORMAT, registryId, artifactId, folder.mlmodelHash);
  for (const { path, size, checksum } of folder.files) {
    add('file', path, size, checksum ?? '');
  }
  for (const entry of entries) {
    add('entry', entry.path, ...('content' in entry ? ['content', entry.content] : ['source', entry.source]));
  }
  return hash.digest('hex').slice(0, 40);
}

/** Where everything that is packed for a group's packages is kept. */
export function groupPrefix(groupName: string): string {
  return `${MODEL_FILES}/${groupName}/`;
}

/** Where all that is made of one content is kept. */
export function contentPrefix(groupName: string, key: string): string {
  return `${groupPrefix(groupName)}${key}/`;
}

/** S3 key of an archive. */
export function archiveKey(groupName: string, key: string): string {
  return `${contentPrefix(groupName, key)}model.tar.gz`;
}

/** S3 prefix of files that are not packed. */
export function filesPrefix(groupName: string, key: string): string {
  return `${contentPrefix(groupName, key)}model/`;
}
