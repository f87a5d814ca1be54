import { RefusedError } from '../errors';
import type { ArchiveEntry } from '../packing/archive-entry';
import { withoutEndSlashes } from '../paths';
import { quoted } from '../printable';
import type { FlavorName, ModelFolder, Packaging } from './flavor';
import type { MlModel } from './mlmodel';
import { ownOr } from './own-code';
import { PACKAGE_FOLDER, SERVING_MODULES } from './serving/modules';

/**
 * What AWS's toolkit reads (github.com/aws/sagemaker-containers, _params.py and _env.py). A SageMaker model cannot add to the
 * environment of its package (CreateModel refuses two maps), so one environment serves each kind of endpoint.
 */
const SCRIPT_MODE_ENVIRONMENT = {
  SAGEMAKER_PROGRAM: 'inference.py',
  SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
  // Each worker has a copy of the model. By default there is one per CPU, which a serverless endpoint's memory does not hold.
  SAGEMAKER_MODEL_SERVER_WORKERS: '1',
  // The first request of a worker loads the model: after the default of 60 seconds it is killed and begins again.
  SAGEMAKER_MODEL_SERVER_TIMEOUT: '900',
  // Inverted: 0 turns isolation off. With it, the `pip install .` at each start downloads setuptools, which needs a network.
  PIP_NO_BUILD_ISOLATION: '0',
} as const;

/** What a flavour read of its MLmodel, and what it adds. */
export interface ScriptModeModel {
  readonly name: FlavorName;
  /** Version of the framework, and the key of MLmodel that says it. */
  readonly frameworkVersion: readonly [key: string, version: string | undefined];
  /** File that holds the model, and the key of MLmodel that names it. */
  readonly modelFile: readonly [key: string, path: string | undefined];
  /** Text of the flavour's `inference.py`. */
  readonly inference: string;
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
  const code = folder.mlmodel.flavors[model.name]?.code;
  if (code && !hasFolder(folder, code)) {
    throw new RefusedError(`the code folder ${quoted(String(code))} that MLmodel names is not in the folder`);
  }
  return {
    frameworkVersion,
    environment: SCRIPT_MODE_ENVIRONMENT,
    entries: [
      ...folder.files.map(({ path, size }) => ({ path: `model/${path}`, size, source: path })),
      ownOr(folder, 'inference.py', model.inference),
      ...Object.entries(SERVING_MODULES).map(([name, content]) => ({ path: `${PACKAGE_FOLDER}/${name}`, content })),
      { path: `${PACKAGE_FOLDER}/mlmodel.json`, content: mlmodelJson(folder.mlmodel, model.name) },
      ...ownRequirements(folder),
    ],
  };
}

function hasFolder({ files }: ModelFolder, folder: unknown): boolean {
  return typeof folder === 'string' && files.some(({ path }) => path.startsWith(`${withoutEndSlashes(folder)}/`));
}

/** What the scripts read of MLmodel, in JSON: the images promise no parser of YAML. */
function mlmodelJson({ signature, flavors }: MlModel, name: FlavorName): string {
  return JSON.stringify({
    signature: signature ?? null,
    flavors: { [name]: flavors[name], python_function: flavors.python_function },
  });
}

/**
 * Only where the model brings its own: the image has what the model needs, and what is installed at each start takes minutes and needs
 * a network.
 */
export function ownRequirements(folder: ModelFolder): ArchiveEntry[] {
  const entry = ownOr(folder, 'requirements.txt', '');
  return 'source' in entry ? [entry] : [];
}
