import type { ArchiveEntry } from '../archive/entries';
import type { ModelFolder } from './flavor';
import { SERVING_MODULES } from './serving/modules';

/** The container starts this script (docs.aws.amazon.com/sagemaker/latest/dg/adapt-inference-container.html). */
export const SCRIPT_MODE_ENVIRONMENT = {
  SAGEMAKER_PROGRAM: 'inference.py',
  SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
} as const;

/**
 * The archive of an image in script mode: MLflow's folder as it is under `model/`, the script that serves it under `code/`.
 *
 * @param inference text of the flavour's `inference.py`
 * @param provided distributions that the image brings; the model's requirements must not replace them
 */
export function scriptModeEntries(folder: ModelFolder, inference: string, provided: readonly string[]): ArchiveEntry[] {
  return [
    ...folder.files.map(({ path, size }) => ({ path: `model/${path}`, size, source: path })),
    { path: 'code/inference.py', content: inference },
    ...Object.entries(SERVING_MODULES).map(([name, content]) => ({ path: `code/${name}`, content })),
    { path: 'code/requirements.txt', content: requirementsBeyond(folder.requirements, provided) },
  ];
}

/** The model's own requirements without those that the image provides: another numpy would break the image's framework. */
export function requirementsBeyond(requirements: string, provided: readonly string[]): string {
  const names = new Set(provided.map(normalize));
  return requirements
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .filter((line) => !names.has(normalize(/^[A-Za-z0-9._-]+/.exec(line)?.[0] ?? line)))
    .map((line) => `${line}\n`)
    .join('');
}

/** Distribution names compare by PEP 503. */
function normalize(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}
