import { RefusedError } from '../shared/errors';
import { FLAVORS } from '../shared/flavors/choose';
import type { Images } from '../shared/images/images';
import { canSpeakFor, type ManualEnvironments } from '../shared/packages/approval';
import { packingOf } from '../shared/packages/metadata';
import type { ModelPackage } from '../shared/packages/model-package';
import { steeringOf } from '../shared/packing/steering';
import type { ModelVersion } from '../shared/registry/registry';

/**
 * Whether packing a version again today would give the package that stands, and it may be deployed where the version is promoted
 * into. A version's files never change, so what the package says of its packing, and the version's tags, are enough: nothing is
 * fetched.
 */
export function isCurrent(
  images: Images,
  manual: ManualEnvironments,
): (version: ModelVersion, modelPackage: ModelPackage) => boolean {
  return (version, modelPackage) => {
    const { image, metadata } = modelPackage;
    const { flavor: name, frameworkVersion, pythonVersion, steeredBy, modelData, packing } = packingOf(metadata);
    const steering = steeringOf(version);
    const flavor = FLAVORS.find((candidate) => candidate.name === name);
    const steeredAlike = steeredBy === (steering.flavor ?? '') && modelData === steering.modelData;
    if (flavor?.packing !== packing || !steeredAlike || !canSpeakFor(version, modelPackage, manual)) {
      return false;
    }
    try {
      const wish = { frameworkVersion, pythonVersion: pythonVersion || undefined, tag: steering.image };
      return images.imageFor(flavor.name, wish).uri === image;
    } catch (error) {
      // No image any more: packing it again will say so for this version alone, and the package stays until then.
      if (error instanceof RefusedError) {
        return false;
      }
      throw error;
    }
  };
}
