import { RefusedError } from '../errors';
import { quoted } from '../printable';
import type { ModelRegistry, ModelVersion, S3Location } from '../registry/registry';
import { MODEL_DATA_TAG } from './steering';

/**
 * How an endpoint gets a model's files: as one `model.tar.gz`, which every endpoint takes, or as they are, from a folder in S3,
 * which serverless endpoints do not take (API_ContainerDefinition, ModelDataSource).
 */
const MODEL_DATA_KINDS = ['archive', 'uncompressed'] as const;

export type ModelDataKind = (typeof MODEL_DATA_KINDS)[number];

/** @throws RefusedError for a kind that there is not */
export function requireModelDataKind(asked: string): ModelDataKind {
  const kind = MODEL_DATA_KINDS.find((known) => known === asked);
  if (kind === undefined) {
    throw new RefusedError(`the tag ${MODEL_DATA_TAG} is ${quoted(asked)}: it may be ${MODEL_DATA_KINDS.join(' or ')}`);
  }
  return kind;
}

/**
 * The folder in S3 that a version's files can be copied from.
 *
 * @throws RefusedError when the registry keeps them elsewhere, or where this installation may not read
 */
export async function storeOf(registry: Pick<ModelRegistry, 'locate'>, version: ModelVersion): Promise<S3Location> {
  const location = await registry.locate(version);
  if (location === undefined) {
    throw new RefusedError(
      `the tag ${MODEL_DATA_TAG} asks for uncompressed files, and those of ${quoted(version.source)} are not in a bucket ` +
        'that this installation may copy from: name their bucket in mlflow-mlops:artifact-store in cdk.json, or take the tag away',
    );
  }
  return location;
}
