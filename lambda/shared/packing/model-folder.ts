import { createHash } from 'node:crypto';
import { ENVIRONMENT_FILES, filesToRead, REQUIREMENTS, wheelsToHash } from '../../packaging/environment-files';
import { RefusedError } from '../errors';
import type { ModelFolder } from '../flavors/flavor';
import { MLMODEL_MAX_BYTES, type MlModel, parseMlModel, pythonVersionOf } from '../flavors/mlmodel';
import { asListed } from '../registry/as-listed';
import { type OpenFile, type Retries, readFile } from '../registry/read-file';
import type { ArtifactFile, ModelRegistry, ModelVersion } from '../registry/registry';

/** The file that says what a model is. */
export const MLMODEL = 'MLmodel';
const NEVER = new AbortController().signal;
/** A look costs little to begin again, which the step does. */
const LOOK_RETRIES: Retries = { fruitless: 3, firstWaitMs: 500 };

/** A requirements file or an environment's; far below this in practice. */
const TEXT_MAX_BYTES = 256 * 1024;
/** Files that say an environment and those that they name: MLflow writes four. */
const TEXTS_MAX = 24;
/** Wheels that a model brings. Their bytes are read once to know them by. */
const WHEELS_MAX_BYTES = 512 * 1024 ** 2;

/** A model's folder, with the bytes of the files that were read to know it. */
export interface ReadFolder extends ModelFolder {
  readonly read: ReadonlyMap<string, Buffer>;
}

/** What reading a folder needs of a registry. */
export type FolderSource = Pick<ModelRegistry, 'id' | 'artifactId' | 'listFiles' | 'openFile' | 'locate'>;

/**
 * Looks into a version's model folder.
 *
 * @throws RefusedError when it is no MLflow model folder
 */
export async function readModelFolder(registry: FolderSource, version: ModelVersion): Promise<ReadFolder> {
  const files = await registry.listFiles(version);
  const read = new Map<string, Buffer>();
  const textOf = async (path: string, limit: number) => {
    const bytes = await readSmallFile(registry, version, files, path, limit);
    if (bytes !== undefined) {
      read.set(path, bytes);
    }
    return bytes && new TextDecoder().decode(bytes);
  };
  const mlmodelText = await textOf(MLMODEL, MLMODEL_MAX_BYTES);
  if (mlmodelText === undefined) {
    throw new RefusedError(
      `version ${version.version} has no MLmodel file: its source is not an MLflow model folder; ` +
        'log the model with mlflow.<flavor>.log_model and register that',
    );
  }
  const mlmodel = parseMlModel(mlmodelText);
  const mlmodelHash = createHash('sha256').update(mlmodelText).digest('hex');
  const texts = await readTexts(mlmodel, textOf);
  const wheelHashes = await hashWheels(wheelsToHash(texts), files, (path, position) =>
    registry.openFile(version, path, position),
  );
  return { mlmodel, mlmodelHash, files, texts, wheelHashes, read };
}

/**
 * The files that say the environment, and those that they refer to, however deep. With requirements and a Python the other two would
 * say nothing more.
 */
async function readTexts(
  mlmodel: MlModel,
  textOf: (path: string, limit: number) => Promise<string | undefined>,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const asked = new Set<string>();
  let pending = [REQUIREMENTS];
  while (pending.length > 0) {
    for (const path of pending) {
      asked.add(path);
      const text = await textOf(path, TEXT_MAX_BYTES);
      if (text !== undefined) {
        texts.set(path, text);
      }
    }
    const missing = !texts.has(REQUIREMENTS) || pythonVersionOf(mlmodel) === undefined;
    pending = [...(missing ? ENVIRONMENT_FILES : []), ...filesToRead(texts)].filter((path) => !asked.has(path));
    if (asked.size + pending.length > TEXTS_MAX) {
      throw new RefusedError(`the requirements name more than ${TEXTS_MAX} files`);
    }
  }
  return texts;
}

/** What a package is made of decides on its environment, not its name. */
async function hashWheels(
  paths: readonly string[],
  files: readonly ArtifactFile[],
  open: OpenFile,
): Promise<ReadonlyMap<string, string>> {
  const wheels = files.filter(({ path }) => paths.includes(path));
  const bytes = wheels.reduce((sum, { size }) => sum + size, 0);
  if (bytes > WHEELS_MAX_BYTES) {
    throw new RefusedError(
      `the model's wheels have ${bytes} bytes, more than the ${WHEELS_MAX_BYTES} that they may have`,
    );
  }
  const hashes = new Map<string, string>();
  for (const { path, size } of wheels) {
    const hash = createHash('sha256');
    for await (const chunk of readFile(asListed(files, open), { source: path, size, from: 0 }, NEVER, LOOK_RETRIES)) {
      hash.update(chunk);
    }
    hashes.set(path, hash.digest('hex'));
  }
  return hashes;
}

/** A small file's bytes; undefined where the folder has none of that name. The size is checked before and while it is read. */
async function readSmallFile(
  registry: FolderSource,
  version: ModelVersion,
  files: readonly ArtifactFile[],
  path: string,
  limit: number,
): Promise<Buffer | undefined> {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined) {
    return undefined;
  }
  if (file.size > limit) {
    throw new RefusedError(`${path} has ${file.size} bytes, more than the ${limit} that such a file may have`);
  }
  const open = asListed(files, (source, position) => registry.openFile(version, source, position));
  const chunks: Buffer[] = [];
  for await (const chunk of readFile(open, { source: path, size: file.size, from: 0 }, NEVER, LOOK_RETRIES)) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
