import type { Images } from '../packaging/images';
import { frameworkImageUri, isFramework } from '../packaging/framework-images';
import { IMAGE_RULE } from '../packaging/rule';
import { RefusedError } from '../shared/errors';
import { FLAVORS } from '../shared/flavors/choose';
import type { FlavorName } from '../shared/flavors/flavor';
import { canSpeakFor, type ManualEnvironments } from '../shared/packages/approval';
import { type Packing, packingOf } from '../shared/packages/metadata';
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
    const packing = packingOf(modelPackage.metadata);
    const steering = steeringOf(version);
    const flavor = FLAVORS.find(({ name }) => name === packing.flavor);
    const steeredAlike = packing.steeredBy === (steering.flavor ?? '') && packing.modelData === steering.modelData;
    if (flavor?.packing !== packing.packing || !steeredAlike || !canSpeakFor(version, modelPackage, manual)) {
      return false;
    }
    try {
      const named = images.named(flavor.name, steering.image);
      return named === undefined
        ? isChosenToday(images, flavor.name, packing, modelPackage.image)
        : named.uri === modelPackage.image;
    } catch (error) {
      // No image any more: packing it again will say so for this version alone, and the package stays until then.
      if (error instanceof RefusedError) {
        return false;
      }
      throw error;
    }
  };
}

/** Whether the rule would choose the image again. Its answer depends on the version's files, which never change. */
function isChosenToday({ settings }: Images, flavor: FlavorName, packing: Packing, image: string): boolean {
  if (packing.imageRule !== IMAGE_RULE) {
    return false;
  }
  if (isFramework(flavor)) {
    const preferred = settings.environmentImages !== 'always' || packing.steeredBy !== '';
    return preferred && image === frameworkImageUri(flavor, settings.region);
  }
  return packing.environment !== '' && settings.environmentImages !== 'off';
}
