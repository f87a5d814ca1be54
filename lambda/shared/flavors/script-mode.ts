import { RefusedError } from '../errors';
import { quoted } from '../printable';
import type { ModelFolder, Packaging } from './flavor';
import { ownOr } from './own-code';
import { SERVING_MODULES } from './serving/modules';

/** The container starts this script (docs.aws.amazon.com/sagemaker/latest/dg/adapt-inference-container.html). */
const SCRIPT_MODE_ENVIRONMENT = {
  SAGEMAKER_PROGRAM: 'inference.py',
  SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
} as const;

/** What a flavour read of its MLmodel, and what it adds. */
export interface ScriptModeModel {
  /** Version of the framework, and the key of MLmodel that says it. */
  readonly frameworkVersion: readonly [key: string, version: string | undefined];
  /** File that holds the model, and the key of MLmodel that names it. */
  readonly modelFile: readonly [key: string, path: string | undefined];
  /** Text of the flavour's `inference.py`. */
  readonly inference: string;
  /** Distributions that the image brings; the model's requirements must not replace them. */
  readonly provided: readonly string[];
}

/**
 * Packs a model for an image in script mode: MLflow's folder as it is under `model/`, the script that serves it under `code/`.
 *
 * @throws RefusedError for an MLmodel without what the flavour needs, or a folder without the file that it names
 */
export function packForScriptMode(folder: ModelFolder, model: ScriptModeModel): Packaging {
  const [versionKey, frameworkVersion] = model.frameworkVersion;
  const [fileKey, modelFile] = model.modelFile;
  if (frameworkVersion === undefined || modelFile === undefined) {
    throw new RefusedError(`MLmodel has no ${frameworkVersion === undefined ? versionKey : fileKey} in its flavor`);
  }
  if (!folder.files.some(({ path }) => path === modelFile)) {
    throw new RefusedError(`the model file ${quoted(modelFile)} that MLmodel names is not in the folder`);
  }
  return {
    frameworkVersion,
    environment: SCRIPT_MODE_ENVIRONMENT,
    entries: [
      ...folder.files.map(({ path, size }) => ({ path: `model/${path}`, size, source: path })),
      ownOr(folder, 'inference.py', model.inference),
      ...Object.entries(SERVING_MODULES).map(([name, content]) => ({ path: `code/${name}`, content })),
      ownOr(folder, 'requirements.txt', requirementsBeyond(folder.requirements, model.provided)),
    ],
  };
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
