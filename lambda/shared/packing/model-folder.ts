import { createHash } from 'node:crypto';
import { RefusedError } from '../errors';
import type { ModelFolder } from '../flavors/flavor';
import { MLMODEL_MAX_BYTES, parseMlModel } from '../flavors/mlmodel';
import type { ArtifactFile, ModelRegistry, ModelVersion } from '../registry/registry';

/** requirements.txt of a model; far below this in practice. */
const REQUIREMENTS_MAX_BYTES = 256 * 1024;

/** What reading a folder needs of a registry. */
export type FolderSource = Pick<ModelRegistry, 'id' | 'artifactId' | 'listFiles' | 'openFile' | 'locate'>;

/**
 * Looks into a version's model folder.
 *
 * @throws RefusedError when it is no MLflow model folder
 */
export async function readModelFolder(registry: FolderSource, version: ModelVersion): Promise<ModelFolder> {
  const files = await registry.listFiles(version);
  const read = (path: string, limit: number) => readSmallFile(registry, version, files, path, limit);
  const mlmodelText = await read('MLmodel', MLMODEL_MAX_BYTES);
  if (mlmodelText === undefined) {
    throw new RefusedError(
      `version ${version.version} has no MLmodel file: its source is not an MLflow model folder; ` +
        'log the model with mlflow.<flavor>.log_model and register that',
    );
  }
  const mlmodel = parseMlModel(mlmodelText);
  const mlmodelHash = createHash('sha256').update(mlmodelText).digest('hex');
  return { mlmodel, mlmodelHash, files, requirements: (await read('requirements.txt', REQUIREMENTS_MAX_BYTES)) ?? '' };
}

/** A small file's text; undefined where the folder has none of that name. The size is checked before and while it is read. */
async function readSmallFile(
  registry: FolderSource,
  version: ModelVersion,
  files: readonly ArtifactFile[],
  path: string,
  limit: number,
): Promise<string | undefined> {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined) {
    return undefined;
  }
  if (file.size > limit) {
    throw new RefusedError(`${path} has ${file.size} bytes, more than the ${limit} that such a file may have`);
  }
  const { bytes } = await registry.openFile(version, path);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > file.size) {
      throw new RefusedError(`${path} is longer than the ${file.size} bytes that the registry lists`);
    }
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
