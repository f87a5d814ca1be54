import { RefusedError } from '../errors';
import { candidateFlavors } from '../flavors/choose';
import type { Flavor, ModelFolder, Packaging } from '../flavors/flavor';
import { pythonVersionOf } from '../flavors/mlmodel';
import type { Image, Images } from '../images/images';
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
  readonly image: Image;
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
 * The first of the model's flavours that can be served is taken: a scikit-learn model that no AWS image can load goes to the
 * python_function image, where there is one. A flavour that people asked for by tag is the only one that is tried.
 *
 * @throws RefusedError with the reason of each flavour, for people
 */
export async function preparePackage(
  registry: FolderSource,
  version: ModelVersion,
  images: Images,
): Promise<PreparedPackage> {
  const folder = await readModelFolder(registry, version);
  const steering = steeringOf(version);
  const modelData = requireModelDataKind(steering.modelData);
  const pythonVersion = pythonVersionOf(folder.mlmodel);
  const { flavor, packaging, image } = firstThatServes(folder, steering, pythonVersion, images);
  checkEntryNames(packaging.entries);
  const bytes = packaging.entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (modelData === 'archive') {
    requirePartBytes(packaging.entries);
  }
  const packing: Packing = {
    flavor: flavor.name,
    frameworkVersion: packaging.frameworkVersion,
    pythonVersion: pythonVersion ?? '',
    steeredBy: steering.flavor ?? '',
    modelData,
    packing: flavor.packing,
  };
  const artifact = { registryId: registry.id, artifactId: await registry.artifactId(version), folder };
  return {
    packaging,
    image,
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
  pythonVersion: string | undefined,
  images: Images,
): { flavor: Flavor; packaging: Packaging; image: Image } {
  const reasons: string[] = [];
  for (const flavor of candidateFlavors(folder.mlmodel, steering.flavor)) {
    try {
      const packaging = flavor.pack(folder);
      const wish = { frameworkVersion: packaging.frameworkVersion, pythonVersion, tag: steering.image };
      return { flavor, packaging, image: images.imageFor(flavor.name, wish) };
    } catch (error) {
      if (!(error instanceof RefusedError)) {
        throw error;
      }
      reasons.push(`${flavor.name}: ${error.message}`);
    }
  }
  throw new RefusedError(reasons.join('. '));
}
