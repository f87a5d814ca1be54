import { createHash } from 'node:crypto';
import { RefusedError } from '../errors';
import type { ModelFolder } from '../flavors/flavor';
import { MLMODEL_MAX_BYTES, parseMlModel } from '../flavors/mlmodel';
import { asListed } from '../registry/as-listed';
import { type Retries, readFile } from '../registry/read-file';
import type { ArtifactFile, ModelRegistry, ModelVersion } from '../registry/registry';

/** The file that says what a model is. */
export const MLMODEL = 'MLmodel';
const NEVER = new AbortController().signal;
/** A look costs little to begin again, which the step does. */
const LOOK_RETRIES: Retries = { fruitless: 3, firstWaitMs: 500 };

/** requirements.txt of a model; far below this in practice. */
const REQUIREMENTS_MAX_BYTES = 256 * 1024;

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
  const requirements = (await textOf('requirements.txt', REQUIREMENTS_MAX_BYTES)) ?? '';
  return { mlmodel, mlmodelHash, files, requirements, read };
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
