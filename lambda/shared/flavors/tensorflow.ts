import { mainLines } from '../../packaging/environment-files';
import { RefusedError } from '../errors';
import { withoutEndSlashes } from '../paths';
import { printable, quoted } from '../printable';
import type { ArtifactFile } from '../registry/registry';
import type { Flavor, ModelFolder } from './flavor';
import { type MlModel, textOf } from './mlmodel';
import { ownOr } from './own-code';
import { ownRequirements } from './script-mode';
import { PACKAGE_FOLDER } from './serving/modules';
import inference from './serving/tensorflow_inference.py';
import { TENSORFLOW_MODULES } from './serving/tensorflow-modules';

/** The image serves numeric folders with a SavedModel (github.com/aws/sagemaker-tensorflow-serving-container, tfs_utils.py). */
const VERSION_FOLDER = '1';
const SAVED_MODEL = 'saved_model.pb';
const TAGS_SHOWN_MAX = 200;

/**
 * The image's own limits are too short for large models: it waits 55 or 60 seconds for the model server, and 30 for a handler
 * (github.com/aws/deep-learning-containers, tensorflow/inference/docker/build_artifacts/sagemaker/serve.py). An invocation has 60.
 */
const ENVIRONMENT = { SAGEMAKER_TFS_WAIT_TIME_SECONDS: '900', SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: '60' } as const;

/**
 * SavedModels in AWS's TensorFlow image: those of MLflow's tensorflow flavor (modules, estimators, Keras' old format) and those
 * that its keras flavor exported.
 */
export const tensorflow: Flavor = {
  name: 'tensorflow',
  serves: ['tensorflow', 'keras'],
  packing: '1',
  pack(folder) {
    const root = savedModelFolder(folder);
    checkTags(folder.mlmodel);
    const files = folder.files.filter(({ path }) => path.startsWith(`${root}/`));
    return {
      frameworkVersion: requiredVersion(mainLines(folder.texts)),
      environment: ENVIRONMENT,
      entries: [
        ...files.map(({ path, size }) => ({ path: VERSION_FOLDER + path.slice(root.length), size, source: path })),
        ownOr(folder, 'inference.py', inference),
        ...Object.entries(TENSORFLOW_MODULES).map(([name, content]) => ({
          path: `${PACKAGE_FOLDER}/${name}`,
          content,
        })),
        { path: `${PACKAGE_FOLDER}/mlmodel.json`, content: mlmodelJson(folder.mlmodel) },
        ...ownRequirements(folder),
      ],
    };
  },
};

/** Where MLflow put the SavedModel, in the words of each of its layouts. */
function savedModelFolder({ mlmodel, files }: ModelFolder): string {
  const named = candidateFolders(mlmodel);
  const found = named.find((folder) => files.some(({ path }) => path === `${folder}/${SAVED_MODEL}`));
  if (found !== undefined) {
    return found;
  }
  throw new RefusedError(reasonAgainst(files));
}

function candidateFolders({
  flavors: { tensorflow: config = {}, keras = {}, python_function: general = {} },
}: MlModel): string[] {
  const folders = [textOf(config, 'saved_model_dir')];
  for (const data of [textOf(config, 'data'), textOf(keras, 'data'), textOf(general, 'data')]) {
    if (data !== undefined) {
      folders.push(`${data}/model`, data);
    }
  }
  return folders.flatMap((folder) => withoutEndSlashes(folder ?? '') || []);
}

/** The image starts the model server without tags, which loads the graph of tag `serve` (its tfs_utils.py, tfs_command). */
function checkTags({ flavors }: MlModel): void {
  const tags = flavors.tensorflow?.meta_graph_tags;
  if (Array.isArray(tags) && (tags.length !== 1 || tags[0] !== 'serve')) {
    throw new RefusedError(
      `the SavedModel has the tags ${printable(JSON.stringify(tags), TAGS_SHOWN_MAX)} (MLmodel, meta_graph_tags), and TensorFlow Serving loads ["serve"]: ` +
        'save it with that tag, or serve it as python_function',
    );
  }
}

/** What the script reads of MLmodel, in JSON: the image promises no parser of YAML. */
function mlmodelJson({ signature, flavors: { tensorflow: config, keras } }: MlModel): string {
  return JSON.stringify({ signature: signature ?? null, flavors: { tensorflow: config, keras } });
}

function reasonAgainst(files: readonly ArtifactFile[]): string {
  const kerasFile = files.find(({ path }) => /\.(keras|h5)$/.test(path));
  return kerasFile === undefined
    ? `the folder has no SavedModel (${SAVED_MODEL}) where MLmodel says it is`
    : `${quoted(kerasFile.path)} is a Keras file, which TensorFlow Serving does not load; log the model as a SavedModel ` +
        '(mlflow.keras.log_model with save_exported_model=True and a signature, or mlflow.tensorflow.log_model of a tf.Module), ' +
        'or serve it as python_function';
}

/** The TensorFlow that the model's requirements pin; '' if they pin none. */
function requiredVersion(requirements: readonly string[]): string {
  const pins = requirements.map(
    (line) => /^tensorflow(?:[-_](?:cpu|gpu|intel|macos))?(?:\[[^\]]*\])?\s*==\s*([\w.+]+)/i.exec(line)?.[1],
  );
  return pins.find((pin) => pin !== undefined) ?? '';
}
