import type { ArchiveEntry } from '../packing/archive-entry';
import type { ModelFolder } from './flavor';

/**
 * A file of the archive's `code/` folder: the model's own artifact `sagemaker/<name>` where it has one, as it is, else what
 * the flavour would add.
 */
export function ownOr(
  { files }: ModelFolder,
  name: 'inference.py' | 'requirements.txt',
  content: string,
): ArchiveEntry {
  const own = files.find(({ path }) => path === `sagemaker/${name}`);
  const path = `code/${name}`;
  return own === undefined ? { path, content } : { path, size: own.size, source: own.path };
}
