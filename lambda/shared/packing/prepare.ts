import { type ChoiceSettings, chooseImage, type ServingChoice } from '../../packaging/choice';
import type { ModelEnvironment } from '../../packaging/environment';
import { IMAGE_RULE } from '../../packaging/framework-rule';
import { RefusedError } from '../errors';
import { candidateFlavors } from '../flavors/choose';
import type { Flavor, ModelFolder, Packaging } from '../flavors/flavor';
import { pythonVersionOf } from '../flavors/mlmodel';
import type { Packing } from '../packages/metadata';
import type { ArtifactFile, ModelVersion, S3Location } from '../registry/registry';
import { entryBytes } from './archive-entry';
import { requirePartBytes } from './archive-size';
import { contentKey } from './content-key';
import { checkEntryNames } from './entry-names';
import { requireModelDataKind, storeOf } from './model-data';
import { type FolderSource, readModelFolder } from './model-folder';
import { type Steering, steeringOf } from './steering';

/** All that is known of a package before its first byte is moved. */
export interface PreparedPackage {
  readonly packaging: Packaging;
  /** URI of the image that serves the model; absent if an environment image does. */
  readonly image?: string;
  /** The environment whose image serves the model; absent if another image does. */
  readonly environment?: ModelEnvironment;
  readonly packing: Packing;
  /** Sum of the archive's files, uncompressed. */
  readonly bytes: number;
  /** The version's files, as they were listed. */
  readonly files: readonly ArtifactFile[];
  /** The bytes of the small files that were read to know all this: these are packed, and no others under their names. */
  readonly read: ReadonlyMap<string, Buffer>;
  /** Where S3 can copy the files from; absent where they go into an archive. */
  readonly store?: S3Location;
  /** Digest of all that decides the archive's content. */
  readonly contentKey: string;
}

/**
 * Says how a version is packed, after everything that can be checked without its large files was checked.
 *
 * The first of the model's flavors that can be served is taken: a scikit-learn model that AWS's image cannot serve safely goes to an
 * image with its own environment. A flavor that people asked for by tag is the only one that is tried.
 *
 * @throws RefusedError with the reason of each flavour, for people
 */
export async function preparePackage(
  registry: FolderSource,
  version: ModelVersion,
  settings: ChoiceSettings,
): Promise<PreparedPackage> {
  const folder = await readModelFolder(registry, version);
  const steering = steeringOf(version);
  const modelData = requireModelDataKind(steering.modelData);
  const { flavor, packaging, choice } = firstThatServes(folder, steering, settings);
  checkEntryNames(packaging.entries);
  const bytes = packaging.entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (modelData === 'archive') {
    requirePartBytes(packaging.entries);
  }
  const packing: Packing = {
    flavor: flavor.name,
    frameworkVersion: packaging.frameworkVersion,
    pythonVersion: pythonVersionOf(folder.mlmodel) ?? '',
    steeredBy: steering.flavor ?? '',
    modelData,
    packing: flavor.packing,
    imageRule: IMAGE_RULE,
    environment: choice.environment?.digest ?? '',
    imageReason: choice.reason,
    patchedBy: choice.patchedBy,
  };
  const artifact = { registryId: registry.id, artifactId: await registry.artifactId(version), folder };
  return {
    packaging,
    ...(choice.image === undefined ? {} : { image: choice.image }),
    ...(choice.environment === undefined ? {} : { environment: choice.environment }),
    packing,
    bytes,
    files: folder.files,
    read: folder.read,
    ...(modelData === 'uncompressed' ? { store: await storeOf(registry, version) } : {}),
    contentKey: contentKey(artifact, packaging.entries),
  };
}

function firstThatServes(
  folder: ModelFolder,
  steering: Steering,
  settings: ChoiceSettings,
): { flavor: Flavor; packaging: Packaging; choice: ServingChoice } {
  const reasons: string[] = [];
  for (const flavor of candidateFlavors(folder.mlmodel, steering.flavor)) {
    try {
      const packaging = flavor.pack(folder);
      const { frameworkVersion } = packaging;
      const model = { folder, frameworkVersion, imageTag: steering.image, flavorTag: steering.flavor, reasons };
      return { flavor, packaging, choice: chooseImage(flavor.name, model, settings) };
    } catch (error) {
      if (!(error instanceof RefusedError)) {
        throw error;
      }
      reasons.push(`${flavor.name}: ${error.message}`);
    }
  }
  throw new RefusedError(reasons.join('. '));
}
